// Compiles fields, dynamic fields, tables and helpers of a `print fmt`.

extension TextCompiler {
  /// Whether a field lies where records can reach: offsets come from the format text.
  static func isUsable(_ field: Field) -> Bool {
    (0...0xffff).contains(field.offset) && (0...0xffff).contains(field.size)
  }

  static func element(of field: Field) -> TextElement {
    switch field.shape {
    case .array(let size, _, let signed), .dynamicArray(let size, let signed, _):
      [1, 2, 4, 8].contains(size) ? TextElement(size: size, isSigned: signed) : .byte
    case .string, .dynamicString: TextElement(size: 1, isSigned: true)
    default: .byte
    }
  }

  mutating func field(_ name: String) -> Int {
    for prefix in ["__data_loc_", "__rel_loc_"] where name.hasPrefix(prefix) {
      guard let field = fields[String(name.dropFirst(prefix.count))], TextCompiler.isUsable(field)
      else { break }
      return push(.field(offset: field.offset, size: 4, isSigned: false))
    }
    guard let field = fields[name], TextCompiler.isUsable(field) else {
      return unknown("the event has no field \(name); `?` stands for it")
    }
    switch field.shape {
    case .integer, .bool, .pointer:
      return push(.field(offset: field.offset, size: field.size, isSigned: field.isSigned))
    case .string, .array, .opaque:
      let size = field.size == 0 ? -1 : field.size
      return push(
        .bytes(offset: field.offset, size: size, element: TextCompiler.element(of: field)))
    case .dynamicString(let relative), .dynamicArray(_, _, let relative):
      return push(
        .dynamic(
          offset: field.offset, isRelative: relative, element: TextCompiler.element(of: field)))
    }
  }

  mutating func dynamic(_ kind: PrintExpression.Dynamic, _ name: String) -> Int {
    guard let field = fields[name], TextCompiler.isUsable(field) else {
      return unknown("the event has no field \(name); `?` stands for it")
    }
    var isRelative = false
    switch field.shape {
    case .dynamicString(let relative), .dynamicArray(_, _, let relative): isRelative = relative
    default: return unknown("the field \(name) is not dynamic; `?` stands for it")
    }
    switch kind {
    case .arrayLength, .relArrayLength: return push(.dynamicLength(offset: field.offset))
    case .bitmask, .relBitmask, .cpumask, .relCpumask:
      let bytes = push(
        .dynamic(offset: field.offset, isRelative: isRelative, element: .byte))
      return push(.mask(bytes))
    default:
      return push(
        .dynamic(
          offset: field.offset, isRelative: isRelative, element: TextCompiler.element(of: field)))
    }
  }

  mutating func helper(
    _ helper: PrintExpression.Helper, _ arguments: [PrintExpression]
  ) -> Int {
    var nodes: [Int] = []
    for (index, argument) in arguments.enumerated() {
      if helper == .dynamicArray, index == 0, case .identifier(let name) = argument {
        nodes.append(dynamic(.array, name))
      } else {
        nodes.append(node(argument))
      }
    }
    guard nodes.count == TextCompiler.operandCount(helper) else {
      return unknown("\(helper.rawValue) has an unknown form; `?` stands for it")
    }
    let start = program.operands.count
    program.operands += nodes
    return push(.helper(helper, operands: start..<program.operands.count))
  }

  private static func operandCount(_ helper: PrintExpression.Helper) -> Int {
    switch helper {
    case .nsToSecs, .nsWithoutSecs: 1
    case .hex, .hexString, .dynamicArray: 2
    case .array: 3
    case .hexDump: 7
    }
  }

  mutating func table(
    _ symbols: [PrintExpression.Symbol], _ delimiter: [UInt8], _ is64: Bool
  ) -> Int {
    let mask = is64 ? .max : DecodedField.ones(longSize)
    var table = TextTable(entries: [], delimiter: delimiter, mask: mask, missing: 0)
    var missing: [String] = []
    for symbol in symbols {
      if let value = symbol.value.constant {
        table.entries.append((value.bits & mask, Array(symbol.name.utf8)))
      } else {
        missing.append(symbol.name)
      }
    }
    if let first = missing.first {
      let others = missing.count > 1 ? " and \(missing.count - 1) other names" : ""
      table.missing = reasons.bit(
        "the recording has no values of \(first)\(others); numbers are shown")
    }
    program.tables.append(table)
    return program.tables.count - 1
  }
}
