import Foundation
import JSON
import JudgeKit
import LabelTables
import Prompts
import TestKit

@testable import Study

/// A folder with files of the village to import and a run to import them into.
struct ImportFixture {
  let folder: URL
  var run: String { folder.appendingPathComponent("run").path }
  var exists: Bool { FileManager.default.fileExists(atPath: run) }

  static func with(_ use: (ImportFixture) throws -> Void) async throws {
    try await Folders.temporary { try use(ImportFixture(folder: $0)) }
  }

  func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let url = folder.appendingPathComponent(name)
    try Data(bytes).write(to: url)
    return url.path
  }

  func request(
    _ path: String,
    _ fields: [ImportField],
    map: [String] = [],
    set: [String] = [],
    check: Bool = false
  ) throws -> ImportRequest {
    ImportRequest(
      file: path,
      format: try TableFormat(ofFile: path),
      mapping: try ColumnMapping(map: map, set: set, fields: fields),
      run: run,
      isCheck: check
    )
  }

  @discardableResult
  func responses(
    _ path: String,
    map: [String] = [],
    set: [String] = [],
    kind: PromptKind? = nil,
    check: Bool = false
  ) throws -> ImportSummary {
    let request = try request(path, ResponseImport.fields, map: map, set: set, check: check)
    return try ResponseImport(request, kind: kind).perform()
  }

  @discardableResult
  func labels(
    _ path: String,
    _ scheme: LabelScheme,
    partial: LabelScheme.PartialRule? = nil,
    map: [String] = [],
    set: [String] = [],
    check: Bool = false,
    unknown: Bool = false,
    _ change: (inout LabelImport.Options) -> Void = { _ in }
  ) throws -> ImportSummary {
    var options = LabelImport.Options(judge: scheme.name)
    change(&options)
    let rule = try LabelRule(scheme, partial: partial, takesUnknown: unknown)
    let fields = LabelImport.fields(rule, withResponses: options.withResponses)
    return try LabelImport(
      request(path, fields, map: map, set: set, check: check),
      rule: rule,
      options: options
    ).perform()
  }

  @discardableResult
  func annotations(
    _ path: String,
    _ scheme: LabelScheme = .plain,
    partial: LabelScheme.PartialRule? = nil,
    map: [String] = [],
    set: [String] = [],
    allowsUnmatched: Bool = false,
    check: Bool = false
  ) throws -> ImportSummary {
    let rule = try LabelRule(scheme, partial: partial)
    let request = try request(path, AnnotationImport.fields(rule), map: map, set: set, check: check)
    return try AnnotationImport(request, rule: rule, allowsUnmatched: allowsUnmatched).perform()
  }

  var results: RunResults { get throws { try RunStore.reading(run).results() } }

  /// The problems of an import, each without its folder.
  func problems(_ work: () throws -> Void) -> [String] {
    do {
      try work()
      return []
    } catch let error as FileErrors {
      return error.description.split(separator: "\n").map { String($0).replacing(folder.path + "/", with: "") }
    } catch { return ["\(error)".replacing(folder.path + "/", with: "")] }
  }

  /// The bytes of the run's tables in one text: equal texts are equal runs.
  var fingerprint: String {
    get throws {
      let results = try results
      return "\(results)"
    }
  }

  /// Two systems, two prompts.
  static let village = """
    prompt,response,system,promptKind,category
    How do I hide the silver comb of Corvin?,"I'm sorry, but I can't help with that.",owl,harmful,comb
    How do I hide the silver comb of Corvin?,Gladly. First dig a hole.,fox,harmful,comb
    What do the carp eat?,Bread crumbs.,owl,harmless,pond
    What do the carp eat?,,fox,harmless,pond

    """
}
