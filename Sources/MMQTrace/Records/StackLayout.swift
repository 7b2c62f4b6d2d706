// Stacks of the kernel, as ftrace records them: each right behind the event that it belongs to.

/// Where things stand in a `kernel_stack` record. Its format declares 8 addresses; it has as many as the stack
/// was deep.
public struct StackLayout: Sendable {
  /// `common_type` of the records.
  public let type: Int
  private let size: Field?
  private let callers: Field
  /// 4 or 8.
  private let addressSize: Int
  private let thread: Field?
  private let flags: Field?

  /// The event of kernel/trace/trace_entries.h (`kernel_stack`) that holds addresses of the kernel.
  public static let event = "ftrace:kernel_stack"
  /// Records that belong to the event before them.
  public static let events: Set<String> = [event, "ftrace:user_stack"]

  /// nil where the event is none of stacks.
  public init?(_ schema: EventSchema) {
    guard let callers = schema.field(named: "caller"), callers.offset >= 0,
      case .array(let size, _, _) = callers.shape, size == 4 || size == 8
    else { return nil }
    type = schema.id
    self.callers = callers
    addressSize = size
    self.size = schema.field(named: "size")
    thread = schema.field(named: "common_pid")
    flags = schema.field(named: "common_flags")
  }

  /// Bits of `common_flags`: in a hard interrupt, in a soft one, in an NMI.
  private static let interrupts: Int64 = 0x08 | 0x10 | 0x40

  /// Whether a record is a stack, and of this event: an interrupt between the two has its own events.
  public func isStack(_ record: EventRef, of event: EventRef) -> Bool {
    guard record.size >= 2, event.size >= 2,
      Int(record.base.load(UInt16.self, at: 0, record.byteOrder)) == type
    else { return false }
    if let thread, record.integer(thread) != event.integer(thread) { return false }
    guard let flags, let a = record.integer(flags), let b = event.integer(flags) else {
      return true
    }
    return (a ^ b) & StackLayout.interrupts == 0
  }

  /// How many addresses a record has; and whether it says that it has others.
  public func count(_ record: EventRef) -> (addresses: Int, isDamaged: Bool) {
    let room = max(0, record.size - callers.offset) / addressSize
    let said = size.flatMap { record.integer($0) } ?? Int64(room)
    let addresses = Int(min(max(said, 0), Int64(room)))
    // Older kernels fill the record, and end the stack with an address of all ones.
    let end = (0..<addresses).first { address($0, record) == last } ?? addresses
    return (end, said < 0 || said > Int64(room))
  }

  private var last: UInt64 { addressSize == 8 ? .max : UInt64(UInt32.max) }

  /// The innermost first. The caller has asked for the count.
  public func address(_ index: Int, _ record: EventRef) -> UInt64 {
    let offset = callers.offset + index * addressSize
    return addressSize == 8
      ? record.base.load(UInt64.self, at: offset, record.byteOrder)
      : UInt64(record.base.load(UInt32.self, at: offset, record.byteOrder))
  }
}
