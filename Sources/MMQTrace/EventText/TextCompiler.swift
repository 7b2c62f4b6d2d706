// Compiles a parsed `print fmt` against the fields of its event.

/// Makes a `TextProgram`. What only the kernel can evaluate becomes `.unknown` with a reason.
struct TextCompiler {
  /// Height of a tree, and nodes of a format, before the rest is given up: a hostile format must
  /// exhaust neither stack nor memory. The formats of Linux 6.18 need 20 and 400.
  private static let depthLimit = 100
  private static let nodeLimit = 20_000

  let fields: [String: Field]
  let longSize: Int
  private let values: KernelValues
  var program = TextProgram()
  var reasons = TextReasonList()
  private var variables: [String: Int] = [:]
  private var depth = 0

  init(fields: [Field], longSize: Int, values: KernelValues) {
    // The first of several fields of one name counts, as everywhere.
    self.fields = Dictionary(fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.longSize = longSize
    self.values = values
  }

  mutating func compile(_ format: PrintFormat) {
    var next = 0
    for segment in PrintfSegment.split(format.format, longSize: longSize) {
      switch segment {
      case .text(let text): program.add(text)
      case .conversion(let conversion): add(conversion, format.arguments, &next)
      }
    }
  }

  private mutating func add(
    _ conversion: PrintfConversion, _ arguments: [PrintExpression], _ next: inout Int
  ) {
    func argument(_ compiler: inout TextCompiler) -> Int {
      defer { next += 1 }
      guard next < arguments.count else { return compiler.unknown("the format lacks an argument") }
      return compiler.node(arguments[next])
    }
    let width = conversion.width == .argument ? argument(&self) : -1
    let precision = conversion.precision == .argument ? argument(&self) : -1
    var value = argument(&self)
    if conversion.letter == UInt8(ascii: "p"), !EventText.knowsPointer(conversion.pointer) {
      let letters = String(decoding: conversion.pointer, as: UTF8.self)
      value = unknown("%p\(letters) needs more than the recording holds; `?` stands for it")
    }
    let base = TextCompiler.base(conversion.letter)
    if base != 0, conversion.isPlain {
      program.pieces.append(
        .plain(
          base: base, size: conversion.size, isSigned: conversion.isSigned, argument: value))
    } else {
      program.add(conversion, width: width, precision: precision, argument: value)
    }
  }

  /// 0 for `%X`, whose digits differ, and for what is no integer.
  private static func base(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "d"), UInt8(ascii: "u"): 10
    case UInt8(ascii: "x"): 16
    case UInt8(ascii: "o"): 8
    default: 0
    }
  }

  // MARK: Nodes

  mutating func push(_ node: TextNode) -> Int {
    program.nodes.append(node)
    return program.nodes.count - 1
  }

  mutating func unknown(_ reason: String) -> Int { push(.unknown(reasons.bit(reason))) }

  mutating func node(_ expression: PrintExpression) -> Int {
    depth += 1
    defer { depth -= 1 }
    guard depth <= TextCompiler.depthLimit, program.nodes.count < TextCompiler.nodeLimit else {
      return unknown("the format is too large")
    }
    switch expression {
    case .integer(let value): return push(.integer(value))
    case .string(let text): return literal(Array(text.utf8))
    case .field(let name): return field(name)
    case .record: return push(.bytes(offset: 0, size: -1, element: .byte))
    case .identifier(let name): return identifier(name)
    case .unary(let op, let operand): return unary(op, operand)
    case .binary(let op, let left, let right): return binary(op, left, right)
    case .conditional(let condition, let then, let otherwise):
      return push(.conditional(node(condition), then: node(then), else: node(otherwise)))
    case .cast(let type, let operand): return cast(type, operand)
    case .index(let base, let index): return push(.index(node(base), node(index)))
    case .dynamic(let kind, let name): return dynamic(kind, name)
    case .helper(let helper, let arguments): return self.helper(helper, arguments)
    case .flags(let value, let delimiter, let symbols, let is64):
      let table = self.table(symbols, Array(delimiter.utf8), is64)
      return push(.flags(table: table, node(value)))
    case .symbolic(let value, let symbols, let is64):
      let table = self.table(symbols, [], is64)
      return push(.symbolic(table: table, node(value)))
    case .block(let bindings, let result): return block(bindings[...], result)
    case .call(let name, let arguments): return call(name, arguments)
    default: return unknown(TextCompiler.sentence(expression))
    }
  }

  /// Why an expression of this kind has no value here.
  private static func sentence(_ expression: PrintExpression) -> String {
    switch expression {
    case .sizeOf(let type): "the size of \(type.text) is not recorded; `?` stands for it"
    case .member(_, let name, _):
      "the place of the member \(name) is not recorded; `?` stands for it"
    default: "a part of the format is more than an expression; `?` stands for it"
    }
  }

  mutating func literal(_ bytes: [UInt8]) -> Int {
    program.literals.append(bytes)
    return push(.literal(program.literals.count - 1))
  }

  private mutating func identifier(_ name: String) -> Int {
    if let variable = variables[name] { return push(.variable(variable)) }
    if let value = PrintExpression.identifier(name).constant ?? TextCompiler.dumpModes[name] {
      return push(.integer(value))
    }
    if let value = values.variable(name) {
      return push(.integer(CInteger(value, size: longSize, isSigned: false)))
    }
    return unknown("the recording has no value of \(name); `?` stands for it")
  }

  private mutating func call(_ name: String, _ arguments: [PrintExpression]) -> Int {
    if let result = values.result(of: name, arguments, longSize: longSize) { return node(result) }
    return unknown("only the kernel can call \(name)(); `?` stands for its result")
  }

  /// The enum of include/linux/printk.h that `__print_hex_dump` takes.
  private static let dumpModes = [
    "DUMP_PREFIX_NONE": CInteger(int: 0), "DUMP_PREFIX_ADDRESS": CInteger(int: 1),
    "DUMP_PREFIX_OFFSET": CInteger(int: 2), "false": CInteger(int: 0), "true": CInteger(int: 1),
  ]

  private mutating func unary(_ op: PrintExpression.Unary, _ operand: PrintExpression) -> Int {
    // The address of a struct or array in the record is where its bytes are.
    if op == .addressOf { return address(operand) }
    if op == .dereference {
      let zero = push(.integer(CInteger(int: 0)))
      return push(.index(node(operand), zero))
    }
    return push(.unary(op, node(operand)))
  }

  private mutating func address(_ operand: PrintExpression) -> Int {
    switch operand {
    case .field(let name):
      guard let field = fields[name], TextCompiler.isUsable(field) else { break }
      let size = field.size == 0 ? -1 : field.size
      return push(
        .bytes(offset: field.offset, size: size, element: TextCompiler.element(of: field)))
    case .index(let base, let index):
      return push(.binary(.add, node(base), node(index)))
    default: break
    }
    return unknown("an address in the kernel is not recorded; `?` stands for it")
  }

  private mutating func binary(
    _ op: PrintExpression.Binary, _ left: PrintExpression, _ right: PrintExpression
  ) -> Int {
    // `pointer + n` on the kernel's own memory counts in structs, whose size nobody records.
    if op == .add || op == .subtract, case .cast(let type, let base) = left, type.isPointer,
      pointee(type) == nil
    {
      let address = node(base)
      if case .unknown = program.nodes[address] { return address }
      return unknown("the size of what \(type.text) points to is not recorded; `?` stands for it")
    }
    return push(.binary(op, node(left), node(right)))
  }

  private mutating func cast(_ type: CType, _ operand: PrintExpression) -> Int {
    if type.isPointer {
      return push(.pointer(pointee(type) ?? .byte, node(operand)))
    }
    guard let size = type.size else { return node(operand) }
    let isBool = type.text == "bool" || type.text == "_Bool"
    return push(.cast(size: size, isSigned: type.isSigned, isBool: isBool, node(operand)))
  }

  /// What a pointer type points to; nil for a struct and other sizes that nothing tells.
  private func pointee(_ type: CType) -> TextElement? {
    var words = type.text.split(separator: " ").map(String.init)
    guard let star = words.lastIndex(of: "*") else { return nil }
    words.remove(at: star)
    words.removeAll(where: CType.qualifiers.contains)
    if words == ["void"] { return .byte }
    if let size = values.size(ofStruct: words.joined(separator: " ")) {
      return TextElement(size: Int(size), isSigned: false)
    }
    let pointee = CType(words: words, longSize: longSize)
    return pointee.size.map { TextElement(size: $0, isSigned: pointee.isSigned) }
  }

  private mutating func block(
    _ bindings: ArraySlice<PrintExpression.Binding>, _ result: PrintExpression
  ) -> Int {
    guard let binding = bindings.first else { return node(result) }
    depth += 1
    defer { depth -= 1 }
    guard depth <= TextCompiler.depthLimit else { return unknown("the format is too large") }
    let value = cast(binding.type, binding.value)
    let variable = program.variableCount
    program.variableCount += 1
    let shadowed = variables.updateValue(variable, forKey: binding.name)
    let then = block(bindings.dropFirst(), result)
    variables[binding.name] = shadowed
    return push(.setVariable(variable, value: value, then: then))
  }
}
