// What a run is, and so how it shows itself.

internal import MMQ
internal import MMQTrace

enum RunManner {
  case script
  case recipe
  /// Only events, below the head of the kernel's `trace` file.
  case listing(ofAll: Bool)

  var isListing: Bool {
    if case .listing = self { true } else { false }
  }

  var isRecipe: Bool {
    if case .recipe = self { true } else { false }
  }

  /// What stands before the output.
  func head(of sources: [any TraceSource], _ options: RunOptions) throws -> String {
    guard case .listing(let isOfAll) = self else { return "" }
    let isWhole =
      isOfAll && options.selection == nil && !sources[0].isLive
      && sources.allSatisfy(\.canReadAgain)
    return TraceFileHead.text(
      isWhole ? try TraceFileHead.entries(of: sources.flatMap(\.inputs)) : nil)
  }
}
