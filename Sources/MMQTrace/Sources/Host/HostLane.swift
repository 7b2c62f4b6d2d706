// Events that a program pushes, of one CPU: sub-buffers that wait to be read.

/// What was pushed for one CPU. Reading it takes it away.
///
/// Its state lies behind a pointer: a class's own properties are checked for exclusive access at each event.
final class HostLane: PageStream {
  let cpu: UInt32
  let buffer = ""
  let layout = PagePacker.layout(.host)
  private let state: UnsafeMutablePointer<State>
  private let pool = BlockPool()

  private typealias Page = UnsafeMutablePointer<PagePacker>

  private struct State {
    var current: Page
    /// Full ones, the oldest first.
    var waiting: [Page] = []
    /// What `nextPage` gave last.
    var given: Page?
    var spare: [Page] = []
    /// Events that were not taken since the current page was begun.
    var lost: UInt64 = 0
    /// Losses stand before the current page.
    var tellsLoss = false
    let mostWaiting: Int
  }

  /// `capacity`: bytes of events that may wait, with their headers.
  init(cpu: UInt32, capacity: Int) {
    self.cpu = cpu
    state = .allocate(capacity: 1)
    state.initialize(
      to: State(current: HostLane.newPage(pool), mostWaiting: max(1, capacity / PagePacker.full)))
  }

  deinit {
    for page in state.pointee.waiting + state.pointee.spare + [state.pointee.current] {
      HostLane.free(page)
    }
    state.pointee.given.map(HostLane.free)
    state.deinitialize(count: 1).deallocate()
  }

  private static func newPage(_ pool: BlockPool) -> Page {
    let page = Page.allocate(capacity: 1)
    page.initialize(to: PagePacker(.host, pool))
    return page
  }

  private static func free(_ page: Page) { page.deinitialize(count: 1).deallocate() }

  /// False where there is no room: the event is lost, and counted.
  @inline(__always)
  func push(_ type: UInt16, _ bytes: UnsafeRawBufferPointer, at time: UInt64, _ thread: Int32)
    -> Bool
  {
    let count = bytes.count &+ HostFormat.headerSize
    guard
      let place = state.pointee.current.pointee.reserve(count, at: time) ?? reserve(count, at: time)
    else { return false }
    place.storeBytes(of: UInt32(type), as: UInt32.self)
    place.storeBytes(of: thread, toByteOffset: 4, as: Int32.self)
    if let source = bytes.baseAddress {
      (place + HostFormat.headerSize).copyMemory(from: source, byteCount: bytes.count)
    }
    return true
  }

  /// Behind a time that goes back, or in a new page.
  @inline(never)
  private func reserve(_ count: Int, at time: UInt64) -> UnsafeMutableRawPointer? {
    if state.pointee.current.pointee.goBack(to: time) {
      return state.pointee.current.pointee.reserve(count, at: time)
    }
    guard state.pointee.waiting.count < state.pointee.mostWaiting else {
      state.pointee.lost += 1
      return nil
    }
    turnPage()
    return state.pointee.current.pointee.reserve(count, at: time)
  }

  /// The current page has events, or losses before them.
  private var saysSomething: Bool {
    !state.pointee.current.pointee.isEmpty || state.pointee.tellsLoss
  }

  /// The current page waits; losses stand before the first event of the new one.
  private func turnPage() {
    if saysSomething {
      state.pointee.waiting.append(state.pointee.current)
    } else {
      state.pointee.spare.append(state.pointee.current)
    }
    state.pointee.current = state.pointee.spare.popLast() ?? HostLane.newPage(pool)
    state.pointee.current.pointee.begin()
    state.pointee.current.pointee.lose(state.pointee.lost)
    state.pointee.tellsLoss = state.pointee.lost > 0
    state.pointee.lost = 0
  }

  func nextPage() -> UnsafeRawBufferPointer? {
    if let given = state.pointee.given { state.pointee.spare.append(given) }
    state.pointee.given = nil
    if state.pointee.waiting.isEmpty, saysSomething { turnPage() }
    guard !state.pointee.waiting.isEmpty else { return nil }
    let page = state.pointee.waiting.removeFirst()
    state.pointee.given = page
    return page.pointee.finished()
  }
}
