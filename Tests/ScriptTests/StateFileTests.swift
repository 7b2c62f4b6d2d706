// Damaged state files: each is refused, or at worst is another state; nothing crashes.

import Glibc
import MMQ
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct StateFileTests {
  private static let program =
    "*:* { @c[comm, cpu] = count(); @h[probe] = hist(tid); @q[cpu] = quantile(tid, 50, 99); "
    + "@t[cpu] = tseries(tid, 1ms, 9); @x[cpu] = (tid, comm); @d = sum(tid / (tid & 1)); @n++; "
    + "@l = lhist(tid, 0, 100, 10); @f[buf(comm, 3)] = max(tid / 2.5); } "
    + "end { for ($kv : @c) { @sum[$kv.0.0] += (int64)$kv.1; } print(@x[0]); }"

  private static func state() throws -> SavedState { try StateRun.state(program, "sched.dat") }

  private static func message(_ bytes: [UInt8]) -> String? {
    do throws(StateError) {
      _ = try SavedState(bytes)
      return nil
    } catch {
      return error.message
    }
  }

  @Test func everyChangedByteIsFound() throws {
    let bytes = try Self.state().bytes
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= UInt8(1 << (index % 8))
      #expect(Self.message(damaged) != nil, "byte \(index)")
    }
  }

  @Test func everyCutIsFound() throws {
    let bytes = try Self.state().bytes
    for count in 0..<bytes.count { #expect(Self.message(Array(bytes[..<count])) != nil) }
    #expect(Self.message(bytes + [0]) != nil)
  }

  @Test func whatItIsIsSaid() throws {
    #expect(Self.message([]) == "is no state of mmq: run --state writes one")
    #expect(Self.message(Array("tracing".utf8)) == "is no state of mmq: run --state writes one")
    var bytes = try Self.state().bytes
    bytes[SavedState.magic.count] = 9
    #expect(Self.message(bytes) == "is a state of version 9; this mmq reads version 2")
    bytes[SavedState.magic.count] = UInt8(SavedState.version)
    #expect(Self.message(bytes) == nil)
    bytes[bytes.count - 1] ^= 1
    #expect(Self.message(bytes) == "is damaged: its bytes are not those that were written")
  }

  /// As `Fingerprint` does, so that damage gets to where the values are read.
  private static func repaired(_ bytes: [UInt8]) -> [UInt8] {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes.dropFirst(24) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return bytes[..<16] + (0..<8).map { UInt8(truncatingIfNeeded: hash >> UInt64($0 * 8)) }
      + bytes.dropFirst(24)
  }

  /// With the fingerprint made to fit. What can still be read is merged and shown: $MMQ_MUTATIONS says how
  /// many there are.
  @Test func repairedDamageCrashesNothing() throws {
    let whole = try Self.state()
    let other = try StateRun.state(Self.program, "comms.dat")
    let bytes = whole.bytes
    #expect(Self.message(Self.repaired(bytes)) == nil)
    var random = SeededRandom(seed: 12)
    let count = Environment.number("MMQ_MUTATIONS") ?? 1000
    var read = 0
    for _ in 0..<count {
      guard let state = try? SavedState(Self.repaired(Self.mutated(bytes, &random))) else {
        continue
      }
      read += 1
      _ = try? state.text()
      _ = try? SavedState.merged([state, other])?.json()
      #expect(state.bytes.count > 24)
    }
    #expect(read > 0 && read < count)
  }

  private static func mutated(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = bytes
    let place = Int.random(in: 24..<bytes.count, using: &random)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 2: bytes.remove(at: place)
    case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
    default:
      // The largest numbers.
      bytes.replaceSubrange(place...place, with: [UInt8](repeating: 0xff, count: 9) + [0x01])
    }
    return bytes
  }
}

private enum Environment {
  static func number(_ name: String) -> Int? {
    getenv(name).flatMap { Int(String(cString: $0)) }
  }
}
