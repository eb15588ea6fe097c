internal import GRDB
internal import Glibc

/// Databases opened to look into them without a trace on the disk.
enum UntouchedDatabase {
  /// Opens a database that exists. SQLite makes two files beside a database in WAL mode even to read it; where nobody has it
  /// open, it is therefore read as one that nothing changes.
  static func open(_ file: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(10)
    if access("\(file)-wal", F_OK) != 0 {
      // Builds of SQLite that read no addresses look for a file of that odd name and find none.
      if let queue = try? DatabaseQueue(path: "\(address(file))?immutable=1", configuration: configuration) {
        return queue
      }
    }
    return try DatabaseQueue(path: file, configuration: configuration)
  }

  private static func address(_ file: String) -> String {
    let digits = Array("0123456789ABCDEF")
    var text = file.hasPrefix("/") ? "file://" : "file:"
    for byte in file.utf8 {
      let isPlain =
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "/-._~".utf8.contains(byte)
      if isPlain {
        text.unicodeScalars.append(UnicodeScalar(byte))
      } else {
        text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
    return text
  }
}
