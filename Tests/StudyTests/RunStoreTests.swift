import Foundation
import GRDB
import TestKit
import Testing

@testable import Study

@Suite("Run files", .timeLimit(.minutes(10)))
struct RunStoreTests {
  @Test("a second writer is refused while the first lives, and welcome after")
  func lock() async throws {
    try await Folders.temporary { folder in
      let path = folder.appendingPathComponent("run").path
      var first: RunStore? = try RunStore.writing(folder: path)
      let error = #expect(throws: RunError.self) { try RunStore.writing(folder: path) }
      #expect(error == .inUse(file: "\(path)/run.sqlite"))
      #expect(first?.file == "\(path)/run.sqlite")
      first = nil
      _ = try RunStore.writing(folder: path)
    }
  }

  @Test("a folder without a run, and a run without a study, are told")
  func missing() async throws {
    try await Folders.temporary { folder in
      #expect(throws: RunError.missing(path: folder.path)) { try RunStore.reading(folder.path) }
      _ = try RunStore.writing(folder: folder.path)
      let error = #expect(throws: RunError.self) { try RunStore.reading(folder.path).results() }
      #expect(error?.description.contains("holds no study yet") == true)
    }
  }

  @Test("text files, other databases and other versions are refused and left as they are")
  func foreign() async throws {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("run.sqlite")
      let text = Data("Where is Bram? He feeds the carp at the pond.".utf8)
      try text.write(to: file)
      let error = #expect(throws: RunError.self) { try RunStore.writing(folder: folder.path) }
      #expect(error?.description.contains("not a Tribunal run file") == true)
      #expect(try Data(contentsOf: file) == text)
      try FileManager.default.removeItem(at: file)
      _ = try RunStore.writing(folder: folder.path)
      // The version stands at byte 60 of the header, big-endian; 68 holds the application's id.
      var bytes = try Data(contentsOf: file)
      bytes[63] = 7
      try bytes.write(to: file)
      #expect(throws: RunError.version(file: file.path, found: 7, known: RunSchema.version)) {
        try RunStore.writing(folder: folder.path)
      }
      bytes[63] = UInt8(RunSchema.version)
      bytes[68] = 0
      try bytes.write(to: file)
      let other = #expect(throws: RunError.self) { try RunStore.reading(folder.path) }
      #expect(other?.description.contains("database of another program") == true)
    }
  }

  @Test(
    "a run of an older version is brought up to date when it is opened to be written, and refused to readers before"
  )
  func older() async throws {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("run.sqlite").path
      do {
        let queue = try DatabaseQueue(path: file)
        try RunSchema.migrator.migrate(queue, upTo: "1")
        try await queue.write { db in
          try db.execute(sql: "PRAGMA application_id = \(RunSchema.applicationID); PRAGMA user_version = 1")
          try db.execute(
            sql: """
              INSERT INTO verdict (judge, item, outcome, reading, evidence, attempts, seconds)
              VALUES ('j', 'i', 'refusal', 'rule', '[]', 1, 0)
              """
          )
        }
        try queue.close()
      }
      #expect(throws: RunError.version(file: file, found: 1, known: RunSchema.version)) {
        try RunStore.reading(folder.path)
      }
      #expect(try RunStore.writing(folder: folder.path).judged(by: "j") == ["i"])
      _ = try RunStore.reading(folder.path)
    }
  }

  @Test("a target that is a file, or may not be written, is told")
  func unwritable() async throws {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("taken")
      try Data("x".utf8).write(to: file)
      #expect(throws: RunError.self) { try RunStore.writing(folder: file.path) }
      #expect(throws: RunError.self) { try RunStore.writing(folder: "/proc/nowhere") }
    }
  }
}
