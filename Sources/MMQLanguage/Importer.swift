// Imports: the files that a script names, read and merged into one program.

/// One file that an import brings in.
public struct ImportedFile: Sendable {
  /// As messages show it; imports in the file are looked up from here.
  public var name: String
  /// Equal for all spellings of one file: each is imported once.
  public var identity: String
  /// The file's bytes, as they are.
  public var text: [UInt8]

  public init(name: String, identity: String, text: [UInt8]) {
    self.name = name
    self.identity = identity
    self.text = text
  }
}

/// Why an import cannot be read, in words that follow the path: `is no script`.
public struct ImportProblem: Error, Equatable {
  /// Words that follow the path.
  public var reason: String

  public init(_ reason: String) { self.reason = reason }
}

/// Where imports come from: a host decides whether scripts may read files, and which.
public protocol ScriptFiles {
  /// The file of a path, or all scripts of a directory, seen from the file `importer`.
  func files(at path: String, from importer: String) throws(ImportProblem) -> [ImportedFile]
  /// That of the script itself.
  func identity(of script: String) -> String
}

/// Parses a script and all that it imports. What is imported comes before what imports it.
public struct Importer {
  private let files: (any ScriptFiles)?
  private var source: Source
  private var diagnostics: [Diagnostic] = []
  private var known: Set<String> = []
  private var depth = 0

  /// Files that import files that import files …
  private static let depthLimit = 50

  /// The program, what is wrong with it, and the source with all files that it took. Without `files`
  /// an import is an error.
  public static func load(
    _ source: Source, _ files: (any ScriptFiles)?
  ) -> (program: Program, diagnostics: [Diagnostic], source: Source) {
    var importer = Importer(files: files, source: source)
    if let files { importer.known = [files.identity(of: source.name)] }
    let program = importer.parse(source.mainRange, named: source.name)
    return (program, importer.diagnostics.sorted { $0.span.start < $1.span.start }, importer.source)
  }

  private init(files: (any ScriptFiles)?, source: Source) {
    self.files = files
    self.source = source
  }

  private mutating func parse(_ range: Range<Int>, named name: String) -> Program {
    let (own, problems) = Parser.parse(source, range)
    diagnostics += problems
    guard !own.imports.isEmpty else { return own }
    depth += 1
    defer { depth -= 1 }
    var all = Program()
    for item in own.imports { all.merge(load(item, from: name)) }
    all.merge(own)
    all.config = own.config
    return all
  }

  private mutating func load(_ item: Import, from name: String) -> Program {
    var all = Program()
    do throws(ImportProblem) {
      guard let files else {
        throw ImportProblem("cannot be read: this host gives scripts no files")
      }
      guard depth <= Importer.depthLimit else { throw ImportProblem("is imported too deeply") }
      for file in try files.files(at: item.path, from: name)
      where known.insert(file.identity).inserted {
        let program = parse(source.append(name: file.name, file.text), named: file.name)
        diagnostics += program.config.map { .importedConfig($0.span) }
        all.merge(program)
      }
    } catch {
      diagnostics.append(.badImport(item.span, item.path, error.reason))
    }
    return all
  }
}
