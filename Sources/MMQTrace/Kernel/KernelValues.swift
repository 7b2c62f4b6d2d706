// What the records of a recording tell of its kernel, beside what they are about.

/// Values that only the kernel has, and that texts of some events need. No part of a recording states
/// them, but records of other events may hold them; then they are not guessed, but read.
public struct KernelValues: Sendable, Equatable {
  /// Where the kernel has its array of `struct page`: that of page N lies at `base + N × size`.
  public struct PageArray: Sendable, Equatable {
    /// The kernel's `vmemmap`: the address of the `struct page` of page 0.
    public var base: UInt64
    /// Bytes of a `struct page`.
    public var size: UInt64

    public init(base: UInt64, size: UInt64) { (self.base, self.size) = (base, size) }
  }

  /// nil where no record tells it.
  public var pages: PageArray?
  /// The kernel's HZ: jiffies a second.
  public var ticksPerSecond: UInt64?
  private var asked: Set<Need> = []

  public init(pages: PageArray? = nil, ticksPerSecond: UInt64? = nil) {
    (self.pages, self.ticksPerSecond) = (pages, ticksPerSecond)
  }

  /// Looks for what a text needs. Each value is looked for once, by a pass over the recording; the
  /// running kernel's records cannot be read twice.
  mutating func learn(for format: PrintFormat?, from source: any TraceSource) {
    guard let format, !source.isLive else { return }
    for need in Need.allCases where !asked.contains(need) {
      guard format.arguments.contains(where: { need.isMet(in: $0) }) else { continue }
      asked.insert(need)
      switch need {
      case .pages: pages = pages ?? PageArrayFinder.find(in: source)
      case .ticks: ticksPerSecond = ticksPerSecond ?? TickFinder.find(in: source)
      }
    }
  }

  private enum Need: CaseIterable {
    case pages, ticks

    /// Whether some part of an expression needs it.
    func isMet(in expression: PrintExpression) -> Bool {
      switch (self, expression) {
      case (.pages, .identifier(KernelValues.pageArrayName)): true
      case (.ticks, .call(KernelValues.millisecondsName, _)): true
      default: expression.children.contains(where: isMet)
      }
    }
  }

  /// The variable of x86 kernels.
  static let pageArrayName = "vmemmap_base"
  static let millisecondsName = "jiffies_to_msecs"

  /// The value of a variable; nil where it is not known.
  func variable(_ name: String) -> UInt64? {
    name == KernelValues.pageArrayName ? pages?.base : nil
  }

  /// Bytes of a struct, by its name in C; nil where they are not known.
  func size(ofStruct name: String) -> UInt64? { name == "struct page" ? pages?.size : nil }

  /// The result of a function as an expression of C; nil where it is not known.
  func result(
    of function: String, _ arguments: [PrintExpression], longSize: Int
  ) -> PrintExpression? {
    guard function == KernelValues.millisecondsName, arguments.count == 1,
      let hz = ticksPerSecond, hz > 0, 1000 % hz == 0 || hz % 100 == 0
    else { return nil }
    return KernelValues.milliseconds(arguments[0], hz: hz, longSize: longSize)
  }

  /// jiffies_to_msecs of kernel/time/time.c: rounded up where a tick is no whole number of
  /// milliseconds, then cut to an unsigned int.
  private static func milliseconds(
    _ jiffies: PrintExpression, hz: UInt64, longSize: Int
  ) -> PrintExpression {
    func number(_ value: UInt64) -> PrintExpression {
      .integer(CInteger(value, size: 8, isSigned: false))
    }
    // HZ_TO_MSEC_NUM and HZ_TO_MSEC_DEN: 10 and 3 for 300 Hz.
    let (above, below): (UInt64, UInt64) = 1000 % hz == 0 ? (1000 / hz, 1) : (1000 / 100, hz / 100)
    let count = PrintExpression.cast(.int(longSize, signed: false), jiffies)
    let product = PrintExpression.binary(.multiply, count, number(above))
    let sum = PrintExpression.binary(.add, product, number(below - 1))
    return .cast(.int(4, signed: false), .binary(.divide, sum, number(below)))
  }
}
