// A script of the library, with what its header says about it.

/// A script that answers one question about memory.
public struct Recipe: Sendable {
  /// The file's name without `.mmq`.
  public let name: String
  /// The whole text, header included.
  public let text: [UInt8]
  public let header: RecipeHeader
  /// Where a user's own recipe lies; nil for one of the shipped.
  public let path: String?

  public init(name: String, text: [UInt8], path: String? = nil) {
    self.name = name
    self.text = text
    self.path = path
    header = RecipeHeader(of: text)
  }

  /// The name that messages about the script give.
  public var fileName: String { path ?? "\(name).mmq" }
}

/// What the comment at the top of a recipe says.
///
/// The first line is the title. A part begins with its word and a colon, at the margin; its further
/// lines are indented:
///
///     // OOM kills, and what came before them
///     //
///     // Question: Whom did the OOM killer kill?
///     // Reading: One line for each victim: seconds since the first
///     //   record, its name, …
///     // Events:
///     //   oom:mark_victim
///     //   vmscan:mm_vmscan_write_folio | vmscan:mm_vmscan_writepage
///     //   oom:reclaim_retry_zone?
///     // Options:
///     //   --seconds=10  seconds between reports
public struct RecipeHeader: Sendable, Equatable {
  public internal(set) var title = ""
  /// What the recipe answers.
  public internal(set) var question = ""
  /// How to read the answer.
  public internal(set) var reading = ""
  /// What to do next.
  public internal(set) var next = ""
  public internal(set) var events: [RecipeEvent] = []
  public internal(set) var options: [RecipeOption] = []
  /// On which kernels it works, and what is different there.
  public internal(set) var kernels = ""
}

/// An event that a recipe reads.
public struct RecipeEvent: Sendable, Equatable {
  /// `system:name`; the event had another name on other kernels.
  public internal(set) var names: [String]
  /// The recipe has an answer without it, too.
  public internal(set) var isOptional: Bool
}

/// An option behind `--`.
public struct RecipeOption: Sendable, Equatable {
  /// Without its dashes.
  public internal(set) var name: String
  public internal(set) var standard: String
  public internal(set) var meaning: String
}
