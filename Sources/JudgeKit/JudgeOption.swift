/// One key that a judge's entry in `judges.json` may have.
public struct JudgeOption: Sendable, Equatable {
  /// What values an option takes.
  public indirect enum Kind: Sendable, Equatable {
    /// A text.
    case string
    /// One of these words.
    case choice([String])
    /// A file, relative to the file that declares the judge; or one of these words for what is built in.
    case file(orWord: [String])
    /// A checkpoint folder, relative to the file that declares the judge, or `hub:OWNER/NAME@REVISION` in the cache.
    case checkpoint
    /// The name of an environment variable that must be set for the judge to be asked.
    case secretVariable
    /// A whole number in a range.
    case integer(ClosedRange<Int>)
    /// A number in a range.
    case number(ClosedRange<Double>)
    /// `true` or `false`.
    case bool
    /// A list of texts.
    case strings
    /// An object with free keys, each with one of these words.
    case words([String])
    /// An object with free keys, each with a text.
    case texts
    /// An object with free keys, each with the name of an environment variable that must be set for the judge to be asked.
    case secretVariables
    /// An object with free keys and any JSON values.
    case anyObject
    /// An object with its own table.
    case object([JudgeOption])
    /// A list of objects with a table.
    case objects([JudgeOption])
  }

  /// The key.
  public let key: String
  /// What values it takes.
  public let kind: Kind
  /// Whether an entry must have it.
  public let required: Bool
  /// The value when absent, if there is one.
  public let standard: OptionValue?
  /// One sentence for people.
  public let help: String

  /// Declares an option.
  public init(_ key: String, _ kind: Kind, required: Bool = false, standard: OptionValue? = nil, help: String) {
    self.key = key
    self.kind = kind
    self.required = required
    self.standard = standard
    self.help = help
  }
}

/// A checked value of an option.
public indirect enum OptionValue: Sendable, Equatable {
  /// A text.
  case string(String)
  /// A whole number.
  case integer(Int)
  /// A number.
  case number(Double)
  /// A truth value.
  case bool(Bool)
  /// Texts.
  case strings([String])
  /// Free keys with their words, in the order of the file.
  case words([WordEntry])
  /// Nested options, in the order of the file.
  case object(JudgeOptions)
  /// A list of nested options.
  case objects([JudgeOptions])
  /// A list of any values, inside free JSON.
  case list([OptionValue])
  /// `null`, inside free JSON.
  case null
}

/// A free key with its word.
public struct WordEntry: Sendable, Equatable {
  /// The key.
  public let key: String
  /// Its word.
  public let value: String

  /// Makes an entry.
  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

/// Checked options by key; absent ones with a standard value are filled in.
public struct JudgeOptions: Sendable, Equatable {
  /// Keys and values in order.
  public let values: [(key: String, value: OptionValue)]
  /// Keys that the entry does not have: their values are the standard ones.
  public let filledIn: Set<String>

  /// Makes options.
  /// - Parameter filledIn: keys whose standard value was put in by whoever read the entry.
  public init(_ values: [(key: String, value: OptionValue)], filledIn: Set<String> = []) {
    self.values = values
    self.filledIn = filledIn
  }

  /// Whether the entry itself has the key, be it with the standard value.
  public func isGiven(_ key: String) -> Bool { self[key] != nil && !filledIn.contains(key) }

  /// The same options with a value of a key, as if the entry had it.
  public func setting(_ key: String, to value: OptionValue) -> JudgeOptions {
    JudgeOptions(values.filter { $0.key != key } + [(key, value)], filledIn: filledIn.subtracting([key]))
  }

  /// The value of a key.
  public subscript(key: String) -> OptionValue? { values.first { $0.key == key }?.value }

  /// A text.
  public func string(_ key: String) -> String? { if case .string(let value)? = self[key] { value } else { nil } }
  /// A whole number.
  public func integer(_ key: String) -> Int? { if case .integer(let value)? = self[key] { value } else { nil } }
  /// A truth value.
  public func bool(_ key: String) -> Bool? { if case .bool(let value)? = self[key] { value } else { nil } }
  /// Texts.
  public func strings(_ key: String) -> [String]? { if case .strings(let value)? = self[key] { value } else { nil } }
  /// Free keys with their words, in the order of the file.
  public func words(_ key: String) -> [WordEntry]? { if case .words(let value)? = self[key] { value } else { nil } }
  /// Nested options.
  public func object(_ key: String) -> JudgeOptions? { if case .object(let value)? = self[key] { value } else { nil } }
  /// A list of nested options.
  public func objects(_ key: String) -> [JudgeOptions]? {
    if case .objects(let value)? = self[key] { value } else { nil }
  }
  /// A number, whole or not.
  public func number(_ key: String) -> Double? {
    switch self[key] {
    case .number(let value)?: value
    case .integer(let value)?: Double(value)
    default: nil
    }
  }

  /// Equal keys and values in equal order; who wrote them does not matter.
  public static func == (left: JudgeOptions, right: JudgeOptions) -> Bool {
    left.values.count == right.values.count
      && zip(left.values, right.values).allSatisfy { $0.key == $1.key && $0.value == $1.value }
  }
}

/// A judge's entry after checking.
public struct JudgeConfiguration: Sendable {
  /// The id under which the judge is listed.
  public let id: String
  /// Its options.
  public let options: JudgeOptions

  /// Makes a configuration.
  public init(id: String, options: JudgeOptions) {
    self.id = id
    self.options = options
  }
}

/// What is wrong with an option that its table cannot express; the host adds the place in the file.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The way to the option: keys, and indices of lists.
  public let path: [String]
  /// What is wrong and how to mend it.
  public let problem: String

  /// Makes an error.
  public init(_ path: [String], _ problem: String) {
    self.path = path
    self.problem = problem
  }

  /// `read.refusal: problem`
  public var description: String { "\(path.joined(separator: ".")): \(problem)" }
}
