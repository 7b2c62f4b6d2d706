// The type checker: binds a syntax tree to a target and infers all types.

internal import MMQLanguage
internal import MMQTrace

/// Checks a program in passes: types of maps and variables flow from any block to any other, so
/// passes repeat until no type changes; only the last one reports errors and is kept.
struct Checker {
  /// An error has been reported; unwinds to the statement.
  struct Unwind: Error {}

  /// What is known of a map so far.
  struct MapFact {
    var shape: MapShape
    var keySpan: Span?
    var contentSpan: Span?
  }

  /// Where the block at hand runs.
  enum Place {
    case event([EventSchema])
    case timer
  }

  let target: Target
  let parameters: ScriptParameters
  let enumerations: Enumerations
  let builtins: [String: Builtin]
  var program = CheckedProgram()
  var diagnostics: [Diagnostic] = []
  private var reported: Set<ReportKey> = []

  // Kept over the passes.
  var maps: [MapFact] = []
  var mapIndex: [String: Int] = [:]
  /// Types of variables, by group of events and place of declaration.
  var variableTypes: [VariableKey: Type] = [:]
  var declaredMaps: [MapDeclaration] = []
  var hasChanged = false
  /// No pass will tell more: what is unknown is a number.
  var settlesUnknown = false
  var isFinal = false

  // The block at hand.
  var place = Place.timer
  var group = 0
  /// The attach point of the block at hand, as written.
  var unitName: String?
  var scopes: [[String: Int]] = []
  var variables: [Type] = []
  var variableKeys: [VariableKey] = []
  /// Variables whose type is written in the script; it does not widen.
  var declaredVariables: Set<Int> = []
  var loopDepth = 0
  /// How often the statement at hand is repeated by the unroll() around it.
  var unrolled: Int64 = 1
  /// Arithmetic that a first look found to be of floats: without it nested ones would be looked at
  /// twice on each level, 2^depth times in all.
  var floatExpressions: Set<ExpandedSpan> = []
  /// The expansion of a macro that is looked at.
  var expansion = 0
  /// Variables that hold the quotient of an integer division.
  var quotients: Set<Int> = []
  /// Maps that do, as the pass before this one found, and as this one finds: a block may read what a
  /// later one assigns.
  var quotientMaps: Set<Int> = []
  var assignedQuotients: Set<Int> = []
  /// Tables of which it has been said that some of their names have no numbers.
  var unresolvedTables: Set<SymbolTable> = []
  /// Fields that some of a wildcard's events lack: one message for all.
  var missingFields: [Span: (name: String, events: [EventSchema])] = [:]

  struct VariableKey: Hashable {
    var group: Int
    var declaration: Span
    /// Differs in each expansion of a macro, where the place is the same.
    var name = ""
  }

  /// A place in one of the expansions of a macro.
  struct ExpandedSpan: Hashable {
    var span: Span
    var expansion: Int
  }

  private struct ReportKey: Hashable {
    var id: String
    var span: Span
  }

  private init(_ target: Target, _ parameters: ScriptParameters, _ enums: [Enumeration]) {
    self.target = target
    self.parameters = parameters
    enumerations = Enumerations(enums)
    builtins = Dictionary(target.builtins.map { ($0.name, $0) }, uniquingKeysWith: { _, b in b })
  }

  /// Types can only widen, and a pass carries a type over one assignment at least. What takes longer
  /// than this is refused.
  private static let passLimit = 300

  /// The checked program, and all that is to be said of it. It may run if nothing is an error.
  static func check(
    _ syntax: Program, _ target: Target, _ parameters: ScriptParameters = ScriptParameters()
  ) -> (program: CheckedProgram, diagnostics: [Diagnostic]) {
    var checker = Checker(target, parameters, syntax.enums)
    checker.diagnostics += checker.enumerations.diagnostics
    checker.settings(syntax)
    for declaration in syntax.mapDeclarations { checker.declare(declaration) }
    checker.declaredMaps = syntax.mapDeclarations
    checker.takeSavedMaps()
    let probes = checker.bind(syntax)
    checker.inferTypes(probes)
    if checker.takeKeptMaps() { checker.inferTypes(probes) }
    checker.settlesUnknown = true
    checker.inferTypes(probes)
    checker.isFinal = true
    checker.pass(probes)
    checker.reportMissingFields()
    checker.reportScalarDeclarations()
    checker.program.maps = checker.maps.map(\.shape)
    if target.savedMaps.isEmpty {
      for index in checker.program.maps.indices where checker.program.maps[index].limit == nil {
        checker.program.maps[index].limit = checker.program.settings.maxMapKeys
      }
    }
    checker.program.knowsNames = target.host.input == .recording
    checker.program.usesStacks = checker.program.blocks.contains { $0.calls(\.wantsStack) }
    checker.program.usesSymbols = checker.program.blocks.contains { $0.calls(\.wantsSymbols) }
    checker.reportFeeding()
    checker.program.eventsCommute = OrderAnalysis.eventsCommute(checker.program)
    return (checker.program, checker.diagnostics)
  }

  private mutating func settings(_ syntax: Program) {
    for (name, value) in parameters.settings.sorted(by: { $0.key < $1.key }) {
      let number = UInt64(value)
      let item = ConfigItem(
        name: name, value: number.map { .integer($0) } ?? .word(value), span: Span(0, 0))
      // Other variables may have such names too: what is no setting is none of ours.
      if let problem = program.settings.apply(item), problem.id == "bad-setting" {
        diagnostics.append(.badEnvironment(name, value, hint: problem.hint))
      }
    }
    for item in syntax.config {
      if let problem = program.settings.apply(item) { diagnostics.append(problem) }
    }
  }

  // MARK: Binding

  /// A probe's body with the events of one group, and the bindings that run it.
  private struct Unit {
    var probe: Probe
    var place: Place
    var name: String
  }

  private mutating func bind(_ syntax: Program) -> [Unit] {
    var binder = Binder(target, missing: program.settings.missingProbes)
    var units: [Unit] = []
    for probe in syntax.probes {
      let use = FieldUse(probe)
      for point in probe.attachPoints.compactMap({ filled($0) }) {
        guard let trigger = binder.trigger(of: point) else { continue }
        let name = Binder.fullName(point, trigger)
        if case .events(let events) = trigger {
          program.probeCount += Set(events.map(\.fullName)).count
          for group in use.groups(events) {
            add(
              .events(group), point, &units,
              Unit(probe: probe, place: .event(group), name: name))
          }
        } else if probe.isBare {
          diagnostics.append(.needsBlock(point.span, name))
        } else {
          program.probeCount += 1
          add(trigger, point, &units, Unit(probe: probe, place: .timer, name: name))
        }
      }
    }
    diagnostics += binder.diagnostics
    return units
  }

  /// The point with parameters and the value of its expression in place; nil after an error.
  private mutating func filled(_ point: AttachPoint) -> AttachPoint? {
    var filled = parameters.filled(point)
    guard let argument = point.argument else { return filled }
    guard let value = constantOutsideOfBlocks(argument) else { return nil }
    filled.parts.append(String(value))
    return filled
  }

  private mutating func add(
    _ trigger: BoundBlock.Trigger, _ point: AttachPoint, _ units: inout [Unit], _ unit: Unit
  ) {
    program.bindings.append(
      BoundBlock(
        trigger: trigger, block: units.count, name: point.name ?? unit.name, givenName: point.name))
    units.append(unit)
  }

  // MARK: Passes

  private mutating func inferTypes(_ units: [Unit]) {
    for _ in 0..<Checker.passLimit {
      hasChanged = false
      pass(units)
      if !hasChanged { return }
    }
    diagnostics.append(.typesDoNotSettle(units.first?.probe.span ?? Span(0, 0)))
  }

  private mutating func pass(_ units: [Unit]) {
    program.blocks = []
    program.usesComm = false
    quotientMaps = assignedQuotients
    assignedQuotients = []
    for (index, unit) in units.enumerated() {
      group = index
      place = unit.place
      unitName = unit.name
      program.blocks.append(check(unit))
    }
  }

  private mutating func check(_ unit: Unit) -> TypedBlock {
    scopes = [[:]]
    variables = []
    variableKeys = []
    declaredVariables = []
    quotients = []
    loopDepth = 0
    floatExpressions = []
    expansion = 0
    unrolled = 1
    let predicate = unit.probe.predicate.flatMap { try? condition($0) }
    // What a false has_field() guards is not looked at.
    let body = predicate?.boundTruth == false ? [] : block(unit.probe.body)
    return TypedBlock(
      name: unit.name, predicate: predicate, body: body, variables: variables,
      span: unit.probe.span)
  }

  // MARK: Messages

  /// Reports an error, in the last pass only and once a place: a body may be checked many times.
  mutating func fail(_ diagnostic: Diagnostic) -> Unwind {
    report(diagnostic)
    return Unwind()
  }

  mutating func report(_ diagnostic: Diagnostic) {
    guard isFinal else { return }
    let key = ReportKey(id: diagnostic.id, span: diagnostic.span)
    if reported.insert(key).inserted { diagnostics.append(diagnostic) }
  }

  private mutating func reportFeeding() {
    guard target.host.hasTracedReader else { return }
    for binding in program.bindings {
      guard case .events(let events) = binding.trigger else { continue }
      if let span = FeedingAnalysis.place(in: program.blocks[binding.block], of: events) {
        report(.feedsItself(span))
      }
    }
  }

  private mutating func reportMissingFields() {
    for (span, var missing) in missingFields {
      // Of several kernels that lack it, the first is named.
      var seen: Set<String> = []
      missing.events = missing.events.filter { seen.insert($0.fullName).inserted }
      diagnostics.append(
        .missingField(
          span, missing.name, missing.events,
          target.kernelVersion(of: missing.events)))
    }
  }
}
