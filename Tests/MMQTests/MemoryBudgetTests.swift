// The budget of maps and strings: it is kept, and what it refuses is counted.

@testable import MMQ
import MMQLanguage
import MMQTestSupport
import MMQTrace
import Testing

@Suite struct MemoryBudgetTests {
  /// A budget that a test looks at.
  final class Memory {
    let budget: UnsafeMutablePointer<MemoryBudget>

    init(_ limit: Int) {
      budget = .allocate(capacity: 1)
      budget.initialize(to: MemoryBudget(limit: limit))
    }

    deinit { budget.deallocate() }

    var used: Int { budget.pointee.used }
  }

  @Test func whatIsTakenIsGivenBack() {
    var budget = MemoryBudget(limit: 100)
    #expect(budget.take(60) && !budget.take(41) && budget.take(40))
    #expect(!budget.take(1) && budget.used == 100)
    budget.charge(50)
    #expect(budget.used == 150 && !budget.take(1))
    budget.give(150)
    #expect(budget.used == 0 && budget.take(100))
  }

  static func parameters(_ name: String) -> AggregationParameters {
    let constants: [Int64] =
      switch name {
      case "lhist": [0, 1000, 10]
      case "quantile": [Int64(bitPattern: 50.0.bitPattern)]
      case "tseries": [1, 1000]
      default: []
      }
    return AggregationParameters(constants: constants)
  }

  /// How many updates a cell holds, where each had another bucket or another time.
  static func updates(_ name: String, _ cell: UnsafeMutablePointer<UInt64>, words: Int) -> UInt64 {
    switch name {
    case "count", "sum": cell[0]
    case "min", "max": cell[1]
    case "avg", "stats": cell[1]
    case "hist", "lhist": (0..<words).reduce(0) { $0 + cell[$1] }
    case "quantile": cell[1]
    case "tseries": UInt64(cell.table?.pointee.count ?? 0)
    default: .max
    }
  }

  /// Each key is updated once, so that the least of all aggregations, min and max, can be counted.
  @Test(arguments: Aggregation.all.map(\.name))
  func countedAndDroppedAreAll(_ name: String) throws {
    let kind = try #require(Aggregation.named(name))
    let parameters = Self.parameters(name)
    let shape = MapShape(name: "x", key: .uint64, content: .aggregation(kind, parameters))
    let memory = Memory(1 << 20)
    do {
      var table = Table(shape, budget: memory.budget)
      let all: UInt64 = 200_000
      for key in 0..<all {
        guard let cell = withUnsafePointer(to: key, { table.findOrInsert($0) }) else { continue }
        kind.update(cell, [name == "sum" ? 1 : key, key], parameters)
      }
      #expect(memory.used <= 1 << 20)
      let held = (0..<table.count).reduce(UInt64(0)) {
        $0 + Self.updates(name, table.value($1), words: shape.valueWords)
      }
      #expect(table.refused > 0 && table.count > 0, "\(name)")
      #expect(held + table.refused == all)
      #expect(UInt64(table.count) + table.refused == all)
      // Keys that are there are still updated.
      let first = try #require(withUnsafePointer(to: UInt64(0)) { table.findOrInsert($0) })
      kind.update(first, [1, 0], parameters)
      #expect(table.refused == all - UInt64(table.count))
    }
    #expect(memory.used == 0, "all is given back")
  }

  /// One key whose cell grows: no update is taken by half.
  @Test(arguments: ["quantile", "tseries"])
  func growingCellsTakeAllOfAnUpdateOrNothing(_ name: String) throws {
    let kind = try #require(Aggregation.named(name))
    let constants: [Int64] =
      name == "quantile" ? [Int64(bitPattern: 50.0.bitPattern)] : [1, 900_000, 3]
    let parameters = AggregationParameters(isFloat: name == "quantile", constants: constants)
    let shape = MapShape(name: "x", key: .uint64, content: .aggregation(kind, parameters))
    let memory = Memory(1 << 16)
    do {
      var table = Table(shape, budget: memory.budget)
      let all: UInt64 = 30_000
      for number in 0..<all {
        let cell = try #require(withUnsafePointer(to: UInt64(7)) { table.findOrInsert($0) })
        // Each of another order of magnitude, or in another interval.
        let value = name == "quantile" ? UInt64(number << 46) : 1
        kind.update(cell, [value, number], parameters)
      }
      let cell = table.value(0)
      let own = try #require(cell.table)
      let entry = name == "quantile" ? 0 : 1
      let held = (0..<own.pointee.count).reduce(UInt64(0)) { $0 + own.pointee.value($1)[entry] }
      #expect(held > 0 && table.refused > 0)
      #expect(held + table.refused == all)
      if name == "quantile" { #expect(cell[1] == held) }
      #expect(memory.used <= 1 << 16)
      // What was refused stays known when the cells go.
      let refused = table.refused
      table.zero()
      #expect(table.refused == refused && table.count == 1)
      table.clear()
      #expect(table.refused == refused && table.count == 0)
    }
    #expect(memory.used == 0)
  }

  @Test func aFullMapGoesOnAfterItIsCleared() {
    let memory = Memory(1 << 16)
    var table = Table(keyWords: 1, valueWords: 1, budget: memory.budget)
    func fill(_ table: inout Table) -> Int {
      (0..<100_000).filter { key in
        withUnsafePointer(to: UInt64(key)) { table.findOrInsert($0) } != nil
      }.count
    }
    let first = fill(&table)
    table.clear()
    #expect(fill(&table) == first && first > 1000)
    #expect(table.refused == UInt64(2 * (100_000 - first)))
  }

  @Test func anLRUMapThatCannotGrowDropsToo() {
    let memory = Memory(1 << 14)
    var table = Table(
      keyWords: 1, valueWords: 1, limit: 1 << 20, evicts: true, budget: memory.budget)
    for key in 0..<5000 as Range<UInt64> {
      withUnsafePointer(to: key) { _ = table.findOrInsert($0) }
    }
    #expect(UInt64(table.count) + table.refused == 5000 && table.refused > 0)
  }

  // MARK: Strings

  @Test func whatNobodyHoldsGoes() {
    let pool = StringPool()
    let early = pool.intern("early")
    pool.keepAll()
    var held: [UInt64: String] = [:]
    for number in 0..<20_000 {
      let id = pool.intern("string \(number)")
      if number % 3 == 0 { held[id] = "string \(number)" }
    }
    pool.collect { marks in held.keys.forEach { marks.mark($0) } }
    #expect(pool.count == held.count + 2)
    #expect(held.allSatisfy { pool.string(of: $0.key) == $0.value })
    #expect(held.allSatisfy { pool.intern($0.value) == $0.key }, "they are found again")
    #expect(pool.string(of: early) == "early" && pool.intern("") == 0)
    // Free ids are given again, and no string has two.
    var ids = Set(held.keys)
    for number in 0..<20_000 { ids.insert(pool.intern("other \(number)")) }
    #expect(ids.count == held.count + 20_000 && pool.count == ids.count + 2)
    #expect(held.allSatisfy { pool.string(of: $0.key) == $0.value })
  }

  @Test func randomCollectionsAgainstADictionary() {
    var generator = SeededRandom(seed: 8)
    let pool = StringPool()
    var held: [[UInt8]: UInt64] = [:]
    for round in 0..<200 {
      for _ in 0..<100 {
        let length = Int.random(in: 1...40, using: &generator)
        let text = (0..<length).map { _ in UInt8.random(in: 97...98, using: &generator) }
        held[text] = pool.intern(text)
      }
      let kept = held.filter { _ in Bool.random(using: &generator) }
      pool.collect { marks in kept.values.forEach { marks.mark($0) } }
      held = kept
      guard held.allSatisfy({ Array(pool.bytes(of: $0.value)) == $0.key }),
        Set(held.values).count == held.count, pool.count == held.count
      else {
        Issue.record("round \(round)")
        return
      }
    }
  }

  // MARK: Runs

  /// A script over the made recording, with so much memory.
  static func run(
    _ text: String, memory: Int?
  ) throws -> (lines: [String], outcome: Outcome, session: Session) {
    let source = try MadeTrace.open()
    let script = Script(Source(name: "test", text), for: Target(source))
    #expect(!script.hasErrors, "\(script.diagnostics.map(\.message))")
    var options = RunOptions()
    options.limits = .none
    options.mapMemory = memory
    var bytes: [UInt8] = []
    let session = try Session(
      script, source, sink: TextRenderer(separator: "") { bytes += Array($0) }, options: options)
    let outcome = try session.start()
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    return (lines, outcome, session)
  }

  /// The number in a sentence such as `WARNING: @x: 12 updates were dropped: …`.
  static func dropped(_ map: String, _ outcome: Outcome) -> Int {
    let start = "WARNING: @\(map): "
    let sentence = outcome.warnings.first { $0.hasPrefix(start) }
    return sentence?.dropFirst(start.count).split(separator: " ").first.flatMap { Int($0) } ?? 0
  }

  static func sum(of map: String, _ lines: [String]) -> Int {
    lines.filter { $0.hasPrefix("@\(map)[") }
      .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
  }

  /// Numbers as keys, strings as keys, strings as values: 300 000 updates of each.
  static let growing = """
    begin {
      for ($i : 0..300000) {
        @numbers[$i / 2] = count();
        @strings[str_concat("key ", (string)($i / 2))] = count();
        @values[$i % 100000] = str_concat("a value ", (string)$i);
      }
    }
    """

  @Test func aRunKeepsItsBudgetAndItsCounts() throws {
    let (lines, outcome, session) = try Self.run(Self.growing, memory: 4 << 20)
    let dropped = ["numbers", "strings", "values"].map { Self.dropped($0, outcome) }
    #expect(dropped.allSatisfy { $0 > 0 }, "\(outcome.warnings)")
    #expect(Self.sum(of: "numbers", lines) + dropped[0] == 300_000)
    #expect(Self.sum(of: "strings", lines) + dropped[1] == 300_000)
    let used = try #require(session.memory.budget?.pointee.used)
    // Strings may have an eighth more than the limit, where they are short.
    #expect(used <= (4 << 20) * 9 / 8 + 1 << 20, "\(used)")
    #expect(
      outcome.warnings.allSatisfy {
        $0.hasSuffix("dropped: the maps' memory of 4 MB is used up; --map-memory gives more")
      }, "\(outcome.warnings)")
    // Values that were taken are whole, and those of their keys.
    let values = lines.filter { $0.hasPrefix("@values[") }
    #expect(!values.isEmpty)
    #expect(
      values.allSatisfy { line in
        let parts = line.dropFirst(8).split(separator: "]: a value ")
        guard parts.count == 2, let key = Int(parts[0]), let value = Int(parts[1]) else {
          return false
        }
        return value % 100_000 == key
      })
  }

  @Test func withoutALimitNothingIsDropped() throws {
    let (lines, outcome, session) = try Self.run(Self.growing, memory: nil)
    #expect(outcome.warnings == [] && session.memory.limit == nil)
    #expect(lines.count == 150_000 + 150_000 + 100_000)
    #expect(Self.sum(of: "strings", lines) == 300_000)
    #expect(lines.contains("@values[99999]: a value 299999"))
    #expect(lines.contains("@strings[key 0]: 2"))
  }

  @Test func stringsOfAMomentDoNotStay() throws {
    let text = """
      begin {
        $kept = str_concat("ke", "pt");
        for ($i : 0..500000) {
          $s = str_concat("for a moment ", (string)$i);
          if ($i % 100000 == 0) { @some[$s] = str_concat("value ", (string)$i); }
        }
        for ($kv : @some) { $t = str_concat("walk ", (string)$kv.0); @walked[$kv.0] = $kv.1; }
        print($kept);
      }
      """
    for memory in [nil, 1 << 20] {
      let (lines, outcome, session) = try Self.run(text, memory: memory)
      #expect(outcome.warnings == [])
      #expect(session.strings.count < 30_000, "\(session.strings.count) of 1 000 000")
      #expect(lines.first == "kept")
      #expect(lines.filter { $0.hasPrefix("@walked[for a moment ") }.count == 5)
      #expect(lines.contains("@some[for a moment 400000]: value 400000"))
    }
  }

  @Test func aMapThatIsClearedTakesStringsAgain() throws {
    let text = """
      begin {
        for ($round : 0..4) {
          for ($i : 0..100000) { @x[str_concat((string)$round, (string)$i)] = count(); }
          printf("%d\\n", (uint64)len(@x));
          clear(@x);
          for ($i : 0..100000) { $s = str_concat("between ", (string)$i); }
        }
      }
      """
    let (lines, outcome, _) = try Self.run(text, memory: 2 << 20)
    let sizes = lines.compactMap { Int($0) }
    #expect(sizes.count == 4 && sizes.allSatisfy { $0 > 5000 }, "\(sizes)")
    #expect(sizes.reduce(0, +) + Self.dropped("x", outcome) == 400_000)
  }

  @Test func stringsThatAreTooLargeForABlockEndTheRun() throws {
    let (_, outcome, _) = try Self.run(
      "begin { $s = \"twice\"; while (1) { $s = str_concat($s, $s); } } end { print(1); }",
      memory: 1 << 20)
    #expect(outcome.hasFailed && outcome.exitCode == 1)
    #expect(
      outcome.warnings == [
        "test:1:40: ERROR: one block made more strings than there is memory for; stopped"
      ])
  }

  @Test func fullMapsAndShortMemoryAreToldApart() throws {
    let (lines, outcome, _) = try Self.run(
      "let @few = hash(10); begin { for ($i : 0..100) { @few[$i] = count(); } }", memory: 1 << 20)
    #expect(lines.count == 10)
    #expect(outcome.warnings == ["WARNING: @few was full: new keys were dropped 90 times"])
  }

  @Test(arguments: [
    (1 << 20, "1 MB"), (256 << 20, "256 MB"), (3 << 30, "3 GB"), (1_500_000, "1464 kB"),
  ])
  func sizesReadWell(_ bytes: Int, _ text: String) { #expect(ByteCount.text(bytes) == text) }
}
