internal import Glibc
internal import JSON
internal import JudgeKit
internal import Subprocess

/// Everything that decides how a judge's children are run.
struct ChildSetting: Sendable {
  /// The judge's id.
  let id: String
  /// Program and arguments.
  let command: [String]
  /// The whole environment.
  let environment: [String: String]
  /// The folder of the file that declares the judge.
  let folder: String
  /// Whether each child runs in an empty folder of its own, below `temporaryFolder`.
  let isScratch: Bool
  let temporaryFolder: String
  let limits: ProcessLimits
  /// What the child is told of its judge.
  let hello: JSONValue
  let scale: LabelScale?
  let startMilliseconds: Int
  let itemMilliseconds: Int
  let giveUpAfter: Int
  /// Keeps a line of the judge's log.
  let log: @Sendable (String) -> Void
  /// Lets whoever listens hear a line that goes to the child.
  let willSend: @Sendable (String) -> Void

  /// No secret is inherited: a child sees these names and what its entry lists.
  private static let names = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ"]

  /// A process judge's children.
  init(process configuration: JudgeConfiguration, _ host: HostContext) {
    let isScratch = configuration.options.bool("scratch") ?? false
    let folder = host.declaration.baseFolder
    var command = configuration.options.strings("command") ?? []
    if isScratch {
      // Words that name files lead to them from the scratch folder too; the program alone is looked up on PATH otherwise.
      let base = Self.absolute(folder)
      command = command.enumerated().map { index, word in
        let isName = !word.contains("/")
        guard !word.hasPrefix("/"), index > 0 || !isName, access("\(base)/\(word)", F_OK) == 0 else { return word }
        return "\(base)/\(word)"
      }
    }
    self.init(configuration, host, command: command, isScratch: isScratch, isOwnProgram: false, more: [:])
  }

  /// A library judge's children: this program, as the library's host.
  init(library configuration: JudgeConfiguration, _ host: HostContext, program: String, path: String) {
    // A library of arithmetic would reserve address space for every core.
    let more = ["OPENBLAS_NUM_THREADS": "1"]
    let command = [program, "judges", "host-library", Self.absolute(path)]
    self.init(configuration, host, command: command, isScratch: true, isOwnProgram: true, more: more)
  }

  private init(
    _ configuration: JudgeConfiguration,
    _ host: HostContext,
    command: [String],
    isScratch: Bool,
    isOwnProgram: Bool,
    more: [String: String]
  ) {
    let options = configuration.options
    let standard = ProcessLimits()
    let declared = options.object("limits")
    let allowed = Self.names + (options.strings("environment") ?? [])
    id = configuration.id
    self.command = command
    self.isScratch = isScratch
    folder = host.declaration.baseFolder
    temporaryFolder = host.environment["TMPDIR"].map { $0.isEmpty ? "/tmp" : $0 } ?? "/tmp"
    environment = host.environment.filter { allowed.contains($0.key) }.merging(more) { $1 }
    let limits = ProcessLimits(
      memoryMegabytes: declared?.integer("memoryMegabytes") ?? standard.memoryMegabytes,
      cpuSeconds: declared?.integer("cpuSeconds") ?? standard.cpuSeconds,
      openFiles: declared?.integer("openFiles") ?? standard.openFiles,
      fileMegabytes: declared?.integer("fileMegabytes") ?? standard.fileMegabytes,
      processes: declared?.integer("processes") ?? standard.processes,
      network: declared?.bool("network") ?? standard.network
    )
    self.limits = isOwnProgram ? limits.ofOwnProgram : limits
    hello = ["hello": 1, "judge": ["id": .string(configuration.id), "options": options.json]]
    scale = LabelScale(options)
    startMilliseconds = Self.milliseconds(options.number("startSeconds") ?? 60)
    itemMilliseconds = Self.milliseconds(host.declaration.host.timeoutSeconds)
    giveUpAfter = options.integer("giveUpAfter") ?? 20
    log = { host.log($0) }
    willSend = { host.willSend($0) }
  }

  private static func milliseconds(_ seconds: Double) -> Int { max(1, Int(min(Double(Int32.max), seconds * 1000))) }

  private static func absolute(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}
