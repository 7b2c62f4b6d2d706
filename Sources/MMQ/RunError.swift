// Why a run ended before its time.

/// An error that ended a run, with its place in the script.
public struct RunError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What ended the run, with the limit that it reached.
  public enum Kind: Sendable, Equatable {
    /// A loop ran more often than `config max_loop_iterations` says.
    case endlessLoop(limit: UInt64)
    /// One block ran longer than `Limits.instructionsPerBlock`.
    case instructionsPerBlock(limit: UInt64)
    /// All blocks together ran longer than `Limits.instructions`.
    case instructions(limit: UInt64)
    /// Maps and strings need more than `Limits.memory`, in bytes.
    case memory(limit: Int)
    /// A single block made more strings than there is memory for.
    case strings
    /// More was printed than `Limits.output`, in bytes.
    case output(limit: Int)
    /// A function of the host threw an error.
    case function(String)
  }

  /// Which limit it was, or what failed.
  public var kind: Kind
  /// The script, or the file that it imports.
  public var file: String
  /// Counted from 1; columns count bytes. 0 where no place is known.
  public var line: Int
  /// Bytes, counted from 1.
  public var column: Int

  /// Without the place.
  public var message: String {
    switch kind {
    case .endlessLoop(let limit): "this loop ran more than \(limit) times"
    case .instructionsPerBlock(let limit): "this block ran more than \(limit) instructions"
    case .instructions(let limit): "the script ran more than \(limit) instructions"
    case .memory(let limit): "maps and strings need more than \(ByteCount.text(limit))"
    case .strings: "one block made more strings than there is memory for"
    case .output(let limit): "the script printed more than \(ByteCount.text(limit))"
    case .function(let problem): problem
    }
  }

  /// A line for people: `script.mmq:3:5: ERROR: the message; stopped`.
  public var description: String {
    (line > 0 ? "\(file):\(line):\(column): " : "") + "ERROR: \(message); stopped"
  }
}
