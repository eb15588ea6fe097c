internal import JudgeKit

/// The keys that every kind of judge in a child process has.
enum ChildOptions {
  static let table = [
    LabelScale.option,
    JudgeOption("environment", .strings, standard: .strings([]), help: "names of environment variables it may see"),
    JudgeOption(
      "startSeconds",
      .number(0.001...600),
      standard: .number(60),
      help: "seconds until it must have said that it is ready"
    ),
    JudgeOption(
      "giveUpAfter",
      .integer(1...1_000_000),
      standard: .integer(20),
      help: "items lost in a row, without any answer between them, after which it is asked no more"
    ),
    JudgeOption(
      "limits",
      .object([
        JudgeOption(
          "memoryMegabytes",
          .integer(16...1_048_576),
          standard: .integer(2048),
          help: "address space of each process"
        ),
        JudgeOption("cpuSeconds", .integer(1...1_000_000), standard: .integer(3600), help: "processor time of a child"),
        JudgeOption("openFiles", .integer(8...65536), standard: .integer(256), help: "open files"),
        JudgeOption(
          "fileMegabytes",
          .integer(0...1_048_576),
          standard: .integer(64),
          help: "largest file it may write"
        ),
        JudgeOption(
          "processes",
          .integer(1...65536),
          standard: .integer(64),
          help: "processes of the child and all it starts"
        ),
        JudgeOption("network", .bool, standard: .bool(true), help: "false: no network, not even the loopback device"),
      ]),
      help: "what the child may use"
    ),
  ]
}
