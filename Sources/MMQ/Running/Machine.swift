// The interpreter: the one loop that runs bytecode.

internal import MMQTrace

/// The record at hand, or a tick.
struct EventContext {
  var base: UnsafeRawPointer
  var size: Int
  /// Nanoseconds of the source's clock.
  var time: UInt64
  var cpu: UInt32
  /// Id of the name of the probe that fired.
  var probe: UInt64

  /// Outside of events.
  static func tick(at time: UInt64, probe: UInt64) -> EventContext {
    EventContext(base: UnsafeRawPointer(bitPattern: 8)!, size: 0, time: time, cpu: 0, probe: probe)
  }
}

/// Runs verified code. Its operands are not checked again.
struct Machine: ~Copyable {
  private let instructions: UnsafeMutablePointer<Instruction>
  /// Points at R[0]; constants lie before it.
  private let registers: UnsafeMutablePointer<UInt64>
  private let constantCount: Int
  private let functions: UnsafeMutablePointer<HostFunction>
  private let functionCount: Int
  private let tables: UnsafeMutablePointer<Table>
  private let updates: UnsafeMutablePointer<CellKind>
  private let mapCount: Int
  private let isSwapped: Bool
  private let loopLimit: UInt64
  private let run: Run
  /// Where instructions have a budget: the lengths of blocks, at their first instructions.
  private let lengths: UnsafeMutablePointer<UInt32>?
  /// The run's, held here: a class's own properties cost more than the counting.
  private let meter: UnsafeMutablePointer<Meter>?
  /// Where what is refused ends the run.
  private let budget: UnsafeMutablePointer<MemoryBudget>?

  /// How a map's cells are updated and read; of a plain map it is never used.
  private struct CellKind {
    var update: @Sendable (Aggregation.Cell, Aggregation.Words, AggregationParameters) -> Void
    var number: @Sendable (Aggregation.Cell, AggregationParameters) -> Value.Number
    var parameters: AggregationParameters
  }

  init(_ code: Code, _ run: Run, byteOrder: ByteOrder) {
    instructions = .allocate(capacity: max(1, code.instructions.count))
    instructions.initialize(from: code.instructions, count: code.instructions.count)
    constantCount = code.constants.count
    let file = UnsafeMutablePointer<UInt64>.allocate(capacity: constantCount + code.registers + 1)
    file.initialize(repeating: 0, count: constantCount + code.registers + 1)
    registers = file + constantCount
    for (index, constant) in code.constants.enumerated() { registers[-1 - index] = constant }
    functions = .allocate(capacity: max(1, code.functions.count))
    functions.initialize(from: code.functions, count: code.functions.count)
    functionCount = code.functions.count
    updates = .allocate(capacity: max(1, code.maps.count))
    for (index, shape) in code.maps.enumerated() {
      (updates + index).initialize(to: Machine.cellKind(shape))
    }
    mapCount = code.maps.count
    tables = run.tables
    run.registers = UnsafeBufferPointer(start: file, count: constantCount + code.registers + 1)
    loopLimit = run.loopLimit
    isSwapped = byteOrder != .host
    meter = run.meter
    budget = run.memory.endsRun ? run.memory.budget : nil
    lengths = run.meter == nil ? nil : .allocate(capacity: max(1, code.instructions.count))
    for block in code.blocks {
      lengths?[block.entry] = UInt32(truncatingIfNeeded: block.end - block.entry)
    }
    self.run = run
  }

  private static func cellKind(_ shape: MapShape) -> CellKind {
    guard case .aggregation(let kind, let parameters) = shape.content else {
      return CellKind(
        update: { _, _, _ in }, number: { cell, _ in .unsigned(cell[0]) },
        parameters: AggregationParameters())
    }
    return CellKind(update: kind.update, number: kind.number, parameters: parameters)
  }

  deinit {
    run.registers = UnsafeBufferPointer(start: nil, count: 0)
    instructions.deallocate()
    lengths?.deallocate()
    (registers - constantCount).deallocate()
    functions.deinitialize(count: functionCount).deallocate()
    updates.deinitialize(count: mapCount).deallocate()
  }

  /// Runs a block once. The caller has checked that the record has the bytes that the block reads.
  func execute(_ entry: Int, _ event: EventContext) {
    if lengths != nil { return _ = executeWithinBudget(entry, event) }
    _ = interpret(entry, event, Meter.slice)
  }

  /// False where the run ends in it.
  @inline(never)
  private func executeWithinBudget(_ entry: Int, _ event: EventContext) -> Bool {
    guard let lengths, let meter else { return false }
    guard let slice = meter.pointee.begin(Int(lengths[entry])) else {
      run.fail(meter.pointee.problem, at: entry)
      return false
    }
    let rest = interpret(entry, event, slice)
    if rest < 0 { return false }
    meter.pointee.end(rest)
    return budget?.pointee.hasDropped != true || !run.stopsForMemory(at: entry)
  }

  /// Runs blocks on the first of some records and on those that follow it, as long as a handler wants them alone,
  /// they are long enough for it and below the limit. On how many it ran; exit() ends it, too.
  func execute(
    _ handlers: UnsafeMutableBufferPointer<Handler>,
    _ records: UnsafeBufferPointer<WantedRecord>, below limit: UInt64, cpu: UInt32,
    _ time: StampConversion
  ) -> Int {
    if lengths != nil {
      return pass(handlers, over: records, below: limit, cpu, time) { executeWithinBudget($0, $1) }
    }
    return pass(handlers, over: records, below: limit, cpu, time) {
      interpret($0, $1, Meter.slice) >= 0
    }
  }

  @inline(__always)
  private func pass(
    _ handlers: UnsafeMutableBufferPointer<Handler>,
    over records: UnsafeBufferPointer<WantedRecord>, below limit: UInt64,
    _ cpu: UInt32, _ time: StampConversion, _ body: (Int, EventContext) -> Bool
  ) -> Int {
    var done = 0
    while done < records.count {
      let found = records[done]
      guard Int(found.slot) < handlers.count else { break }
      let handler = handlers[Int(found.slot)]
      guard Int(found.size) >= handler.minimumSize, found.stamp < limit else { break }
      done &+= 1
      let event = EventContext(
        base: found.base, size: Int(found.size), time: time(found.stamp), cpu: cpu,
        probe: handler.probe)
      if !body(handler.entry, event) { break }
    }
    return done
  }

  /// From a block's first instruction to its end. Loops count down what they may run until somebody is
  /// asked; what is left of it, or less than 0 where the run ends in the block.
  @inline(__always)
  private func interpret(_ entry: Int, _ event: EventContext, _ slice: Int) -> Int {
    let r = registers
    let base = event.base
    var slice = slice
    var pc = entry
    while true {
      let i = instructions[pc]
      pc &+= 1
      switch i.opcode {
      case .end: return slice
      case .jump: pc = i.label
      case .jumpIfZero: if r[i.ra] == 0 { pc = i.label }
      case .jumpIfNotZero: if r[i.ra] != 0 { pc = i.label }
      case .turn:
        r[i.ra] &+= 1
        if r[i.ra] > loopLimit {
          run.fail(.endlessLoop(limit: loopLimit), at: pc &- 1)
          return -1
        }
      case .loop:
        slice &-= pc &- i.label
        if slice < 0 {
          slice = run.goOn(behind: slice, at: pc &- 1)
          if slice < 0 { return -1 }
        }
        pc = i.label
      case .move: r[i.ra] = r[i.rb]

      case .loadU8: r[i.ra] = UInt64(base.load(fromByteOffset: Int(i.b), as: UInt8.self))
      case .loadU16: r[i.ra] = UInt64(base.loadUnaligned(fromByteOffset: Int(i.b), as: UInt16.self))
      case .loadU32: r[i.ra] = UInt64(base.loadUnaligned(fromByteOffset: Int(i.b), as: UInt32.self))
      case .load64: r[i.ra] = base.loadUnaligned(fromByteOffset: Int(i.b), as: UInt64.self)
      case .loadI8:
        r[i.ra] = UInt64(bitPattern: Int64(base.load(fromByteOffset: Int(i.b), as: Int8.self)))
      case .loadI16:
        r[i.ra] = UInt64(
          bitPattern: Int64(base.loadUnaligned(fromByteOffset: Int(i.b), as: Int16.self)))
      case .loadI32:
        r[i.ra] = UInt64(
          bitPattern: Int64(base.loadUnaligned(fromByteOffset: Int(i.b), as: Int32.self)))
      case .loadString: r[i.ra] = run.string(in: event, at: Int(i.b), capacity: Int(i.c))
      case .loadTail: r[i.ra] = run.string(in: event, at: Int(i.b), capacity: event.size)
      case .loadDynamic:
        r[i.ra] = run.dynamicString(in: event, at: Int(i.b), isRelative: i.c != 0, isSwapped)
      case .swap16: r[i.ra] = UInt64(UInt16(truncatingIfNeeded: r[i.rb]).byteSwapped)
      case .swap32: r[i.ra] = UInt64(UInt32(truncatingIfNeeded: r[i.rb]).byteSwapped)
      case .swap64: r[i.ra] = r[i.rb].byteSwapped

      case .time: r[i.ra] = event.time
      case .cpu: r[i.ra] = UInt64(event.cpu)
      case .comm:
        r[i.ra] = run.comm(of: Int32(truncatingIfNeeded: r[i.rb]), on: event.cpu)
      case .probe: r[i.ra] = event.probe

      case .extend8: r[i.ra] = UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: r[i.rb])))
      case .extend16: r[i.ra] = UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: r[i.rb])))
      case .extend32: r[i.ra] = UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: r[i.rb])))
      case .truncate8: r[i.ra] = r[i.rb] & 0xff
      case .truncate16: r[i.ra] = r[i.rb] & 0xffff
      case .truncate32: r[i.ra] = r[i.rb] & 0xffff_ffff
      case .add: r[i.ra] = r[i.rb] &+ r[i.rc]
      case .subtract: r[i.ra] = r[i.rb] &- r[i.rc]
      case .multiply: r[i.ra] = r[i.rb] &* r[i.rc]
      case .divideS: r[i.ra] = run.divideSigned(r[i.rb], r[i.rc], at: pc &- 1)
      case .divideU: r[i.ra] = run.divide(r[i.rb], r[i.rc], at: pc &- 1)
      case .moduloS: r[i.ra] = run.moduloSigned(r[i.rb], r[i.rc], at: pc &- 1)
      case .moduloU: r[i.ra] = run.modulo(r[i.rb], r[i.rc], at: pc &- 1)
      case .and: r[i.ra] = r[i.rb] & r[i.rc]
      case .or: r[i.ra] = r[i.rb] | r[i.rc]
      case .exclusiveOr: r[i.ra] = r[i.rb] ^ r[i.rc]
      case .shiftLeft: r[i.ra] = r[i.rb] &<< r[i.rc]
      case .shiftRightS:
        r[i.ra] = UInt64(bitPattern: Int64(bitPattern: r[i.rb]) &>> Int64(bitPattern: r[i.rc]))
      case .shiftRightU: r[i.ra] = r[i.rb] &>> r[i.rc]
      case .negate: r[i.ra] = 0 &- r[i.rb]
      case .complement: r[i.ra] = ~r[i.rb]
      case .isZero: r[i.ra] = r[i.rb] == 0 ? 1 : 0
      case .isNotZero: r[i.ra] = r[i.rb] != 0 ? 1 : 0
      case .equal: r[i.ra] = r[i.rb] == r[i.rc] ? 1 : 0
      case .notEqual: r[i.ra] = r[i.rb] != r[i.rc] ? 1 : 0
      case .lessS: r[i.ra] = Int64(bitPattern: r[i.rb]) < Int64(bitPattern: r[i.rc]) ? 1 : 0
      case .lessU: r[i.ra] = r[i.rb] < r[i.rc] ? 1 : 0
      case .lessOrEqualS:
        r[i.ra] = Int64(bitPattern: r[i.rb]) <= Int64(bitPattern: r[i.rc]) ? 1 : 0
      case .lessOrEqualU: r[i.ra] = r[i.rb] <= r[i.rc] ? 1 : 0

      case .addF: r[i.ra] = (r.float(i.rb) + r.float(i.rc)).bitPattern
      case .subtractF: r[i.ra] = (r.float(i.rb) - r.float(i.rc)).bitPattern
      case .multiplyF: r[i.ra] = (r.float(i.rb) * r.float(i.rc)).bitPattern
      case .divideF: r[i.ra] = (r.float(i.rb) / r.float(i.rc)).bitPattern
      case .negateF: r[i.ra] = (-r.float(i.rb)).bitPattern
      case .equalF: r[i.ra] = r.float(i.rb) == r.float(i.rc) ? 1 : 0
      case .notEqualF: r[i.ra] = r.float(i.rb) != r.float(i.rc) ? 1 : 0
      case .lessF: r[i.ra] = r.float(i.rb) < r.float(i.rc) ? 1 : 0
      case .lessOrEqualF: r[i.ra] = r.float(i.rb) <= r.float(i.rc) ? 1 : 0
      case .floatFromS: r[i.ra] = Double(Int64(bitPattern: r[i.rb])).bitPattern
      case .floatFromU: r[i.ra] = Double(r[i.rb]).bitPattern
      case .integerFromF: r[i.ra] = UInt64(bitPattern: Int64(truncating: r.float(i.rb)))
      case .unsignedFromF: r[i.ra] = UInt64(truncating: r.float(i.rb))

      case .mapLoad:
        let words = tables[Int(i.b)].valueWords
        if let value = tables[Int(i.b)].findToRemove(r + i.rc) {
          (r + i.ra).copy(value, words)
        } else {
          (r + i.ra).zero(words)
        }
      case .mapStore:
        let words = tables[Int(i.b)].valueWords
        if let value = tables[Int(i.b)].findOrInsertToStore(r + i.rc) {
          value.copy(r + i.ra, words)
        } else if run.stopsForMemory(at: pc &- 1) {
          return -1
        }
      case .mapAdd:
        // A value that is not taken was zero: the sum is there already.
        if let value = tables[Int(i.b)].findOrInsert(r + i.rc) {
          value[0] &+= r[i.ra]
          r[i.ra] = value[0]
        } else if run.stopsForMemory(at: pc &- 1) {
          return -1
        }
      case .mapRead:
        if let cell = tables[Int(i.b)].find(r + i.rc) {
          r[i.ra] = updates[Int(i.b)].number(cell, updates[Int(i.b)].parameters).word
        } else {
          r[i.ra] = 0
        }
      case .mapHas: r[i.ra] = tables[Int(i.b)].findToRemove(r + i.rc) == nil ? 0 : 1
      case .mapDelete: r[i.ra] = tables[Int(i.b)].remove(r + i.rc) ? 1 : 0
      case .count:
        if let cell = tables[Int(i.b)].findOrInsert(r + i.rc) {
          cell[0] &+= 1
        } else if run.stopsForMemory(at: pc &- 1) {
          return -1
        }
      case .sum:
        if let cell = tables[Int(i.b)].findOrInsert(r + i.rc) {
          cell[0] &+= r[i.ra]
        } else if run.stopsForMemory(at: pc &- 1) {
          return -1
        }
      case .histogramS:
        let slot = Int64(bitPattern: r[i.ra]) < 0 ? 0 : PowerBuckets.wholeSlot(of: r[i.ra])
        if let cell = tables[Int(i.b)].findOrInsert(r + i.rc) {
          cell[slot] &+= 1
        } else if run.stopsForMemory(at: pc &- 1) {
          return -1
        }
      case .histogramU:
        if let cell = tables[Int(i.b)].findOrInsert(r + i.rc) {
          cell[PowerBuckets.wholeSlot(of: r[i.ra])] &+= 1
        } else if run.stopsForMemory(at: pc &- 1) {
          return -1
        }
      case .aggregate:
        if let cell = tables[Int(i.b)].findOrInsert(r + i.rc) {
          updates[Int(i.b)].update(cell, r + i.ra, updates[Int(i.b)].parameters)
        } else if run.stopsForMemory(at: pc &- 1) {
          return -1
        }

      case .call:
        run.context = event
        functions[Int(i.b)].body(run, r + i.rc, r + i.ra)
        if run.leavesBlock {
          run.placeFailure(at: pc &- 1)
          return -1
        }
      }
    }
  }
}

extension UnsafeMutablePointer<UInt64> {
  @inline(__always)
  fileprivate func float(_ register: Int) -> Double { Double(bitPattern: self[register]) }
}

extension UInt64 {
  /// Toward zero; from 2^64 on the largest. Below zero as the cast of the signed integer is.
  init(truncating value: Double) {
    if value >= 0x1p64 {
      self = .max
    } else if value >= 0x1p63 {
      self = UInt64(value)
    } else {
      self = UInt64(bitPattern: Int64(truncating: value))
    }
  }
}

extension Int64 {
  /// Toward zero; out of range the nearest, of a nan 0.
  init(truncating value: Double) {
    if value.isNaN {
      self = 0
    } else if value >= 0x1p63 {
      self = .max
    } else if value < -0x1p63 {
      self = .min
    } else {
      self = Int64(value)
    }
  }
}
