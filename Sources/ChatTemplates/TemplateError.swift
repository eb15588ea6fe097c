/// Why a template cannot be read or rendered; `type` uses the names that Jinja and Python give such errors.
public struct TemplateError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The class of the error.
  public enum Kind: String, Sendable, CaseIterable {
    /// The source is no valid template.
    case syntax = "TemplateSyntaxError"
    /// The template itself called `raise_exception`.
    case raised = "TemplateError"
    /// An undefined value was used.
    case undefined = "UndefinedError"
    /// An operation does not fit the types of its values.
    case type = "TypeError"
    /// A value is out of an operation's domain.
    case value = "ValueError"
    /// A number is too large.
    case overflow = "OverflowError"
    /// A division by zero.
    case division = "ZeroDivisionError"
    /// The sandbox forbids it.
    case security = "SecurityError"
    /// A filter or test named at run time is not there, or an assignment has no target.
    case runtime = "TemplateRuntimeError"
    /// A limit of the sandbox (steps, depth, output) was reached.
    case limit = "LimitError"
  }

  /// The class of the error.
  public let kind: Kind
  /// What is wrong.
  public let message: String
  /// Line in the template, from 1; 0 where there is none.
  public internal(set) var line: Int
  /// Column in the template, from 1; 0 where there is none.
  public internal(set) var column: Int

  init(_ kind: Kind, _ message: String, at place: Place? = nil) {
    self.kind = kind
    self.message = message
    line = place?.line ?? 0
    column = place?.column ?? 0
  }

  /// `line 3, column 7: UndefinedError: 'tools' is undefined`
  public var description: String { "line \(line), column \(column): \(kind.rawValue): \(message)" }
}

/// A place in the template.
struct Place: Sendable, Equatable {
  var line: Int
  var column: Int
}
