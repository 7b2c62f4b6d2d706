// Functions of bytes and their order: buffers, addresses of networks.

internal import Glibc
internal import MMQLanguage
internal import MMQTrace

extension Builtin {
  static let byteBuiltins: [Builtin] = [
    Builtin(
      name: "buf", signature: "buf(data[, length]) -> buffer",
      summary: "bytes of a string or of an array field, for %r and as a key", arguments: 1...2
    ) { checker, call in try checker.buf(call) }
    .showing(
      "begin { printf(\"%r %rh\\n\", buf(\"ok\", 3), buf(\"ok\", 3)); }",
      prints: "ok\\x00 6f 6b 00"),
    Builtin(
      name: "bswap", signature: "bswap(n) -> unsigned integer of the same width",
      summary: "an integer with its bytes in reverse order", arguments: 1...1
    ) { checker, call in try checker.bswap(call) }
    .showing("begin { printf(\"%x\\n\", bswap((uint16)0x1234)); }", prints: "3412"),
    Builtin(
      name: "ntop", signature: "ntop([family, ]address) -> string",
      summary: "an IPv4 address (an integer or 4 bytes) or an IPv6 address (16 bytes) as text",
      arguments: 1...2
    ) { checker, call in try checker.ntop(call) }
    .showing("begin { print(ntop(pton(\"::1\"))); }", prints: "::1"),
    Builtin(
      name: "pton", signature: "pton(\"address\") -> uint8[4] or uint8[16]",
      summary: "the 4 or 16 bytes of an IPv4 or IPv6 address", arguments: 1...1
    ) { checker, call in try checker.pton(call) }
    .showing("begin { printf(\"%rh\\n\", pton(\"127.0.0.1\")); }", prints: "7f 00 00 01"),
    Builtin(
      name: "macaddr", signature: "macaddr(bytes) -> string",
      summary: "the 6 bytes of a hardware address as text", arguments: 1...1
    ) { checker, call in try checker.macaddr(call) }
    .showing("begin { print(macaddr(buf(\"ABCDEF\", 6))); }", prints: "41:42:43:44:45:46"),
  ]

  /// bpftrace's limit on strings and buffers.
  fileprivate static let longestBuffer: UInt64 = 1024
}

extension Checker {
  fileprivate mutating func buf(_ call: Call) throws -> Typed {
    let data: Typed
    if let (field, _) = try fieldArgument(call.arguments[0]), case .string = field.shape {
      let load = HostFunction.bytes(of: field, target.machine.byteOrder)
      data = Typed(.call(load, []), .buffer, call.arguments[0].span)
    } else {
      data = try bytes(call.arguments[0], "buf")
    }
    guard call.arguments.count == 2 else { return Typed(data.kind, .buffer, call.span) }
    let length = try argument(call.arguments[1], .integer, "buf")
    let function = HostFunction(name: "buf", argumentWords: 2, resultWords: 1, isPure: true) {
      run, arguments, result in
      let count = Int(min(arguments[1], Builtin.longestBuffer))
      var bytes = Array(run.strings.bytes(of: arguments[0]).prefix(count))
      bytes += [UInt8](repeating: 0, count: count - bytes.count)
      result[0] = run.strings.intern(bytes)
    }
    return Typed(.call(function, [data, length]), .buffer, call.span)
  }

  fileprivate mutating func bswap(_ call: Call) throws -> Typed {
    let number = try argument(call.arguments[0], .integer, "bswap")
    guard case .integer(let type)? = number.type else {
      return Typed(.unary(.swap64, number), .uint64, call.span)
    }
    let swapped = Type.integer(IntegerType(bits: type.bits, isSigned: false))
    switch type.bits {
    case 8: return Typed(.unary(.truncate8, number), swapped, call.span)
    case 16: return Typed(.unary(.swap16, number), swapped, call.span)
    case 32: return Typed(.unary(.swap32, number), swapped, call.span)
    default: return Typed(.unary(.swap64, number), swapped, call.span)
    }
  }

  // MARK: Addresses

  /// The families that ntop() knows, as on Linux.
  private static let families: [Int64: Int] = [2: 4, 10: 16]

  fileprivate mutating func ntop(_ call: Call) throws -> Typed {
    var wanted: Int?
    if call.arguments.count == 2 {
      guard let size = Checker.families[try constant(call.arguments[0])] else {
        throw fail(
          .badArgument(call.arguments[0].span, "the family is 2 (AF_INET) or 10 (AF_INET6)"))
      }
      wanted = size
    }
    let address = call.arguments[call.arguments.count - 1]
    if try fieldArgument(address)?.0.shape == .integer { return try ntop(number: address, wanted) }
    if let size = try knownSize(address) {
      try requireSize(size, wanted.map { [$0] } ?? [4, 16], address.span)
      let load = try wholeField(address)
      return Typed(.call(.addressText, [load]), .string, call.span)
    }
    let isBytes =
      try value(address).type.map { $0 == .buffer || $0 == .string || $0.isArray } ?? false
    if !isBytes { return try ntop(number: address, wanted) }
    return Typed(.call(.addressText, [try bytes(address, "ntop")]), .string, call.span)
  }

  /// An IPv4 address as its four bytes lie in memory.
  private mutating func ntop(number: Expression, _ wanted: Int?) throws -> Typed {
    try requireSize(4, wanted.map { [$0] } ?? [4], number.span)
    let typed = try argument(number, .integer, "ntop")
    let isLittle = target.machine.byteOrder == .little
    let function = HostFunction(name: "ntop", argumentWords: 1, resultWords: 1, isPure: true) {
      run, arguments, result in
      let word = UInt32(truncatingIfNeeded: arguments[0])
      let bytes = withUnsafeBytes(of: isLittle ? word.littleEndian : word.bigEndian) { Array($0) }
      result[0] = run.strings.intern(NetworkAddress.text(bytes))
    }
    return Typed(.call(function, [typed]), .string, number.span)
  }

  private mutating func requireSize(_ size: Int, _ wanted: [Int], _ span: Span) throws {
    if wanted.contains(size) { return }
    let sizes = wanted.map(String.init).joined(separator: " or ")
    throw fail(.badArgument(span, "an address of \(sizes) bytes is needed; this has \(size)"))
  }

  /// All bytes of a field, of strings those behind a NUL too.
  private mutating func wholeField(_ expression: Expression) throws -> Typed {
    guard let (field, _) = try fieldArgument(expression), case .string = field.shape else {
      return try bytes(expression, "ntop")
    }
    let load = HostFunction.bytes(of: field, target.machine.byteOrder)
    return Typed(.call(load, []), .buffer, expression.span)
  }

  fileprivate mutating func pton(_ call: Call) throws -> Typed {
    let text = try literal(call.arguments[0])
    guard let bytes = NetworkAddress.bytes(text) else {
      throw fail(.badArgument(call.arguments[0].span, "this is no IPv4 or IPv6 address"))
    }
    let isZero = bytes.allSatisfy { $0 == 0 }
    return Typed(
      .string(isZero ? [] : bytes), .bytes(bytes.count, target.machine.byteOrder), call.span)
  }

  fileprivate mutating func macaddr(_ call: Call) throws -> Typed {
    let address = call.arguments[0]
    if let size = try knownSize(address) { try requireSize(size, [6], address.span) }
    let bytes = try wholeField(address)
    let function = HostFunction(name: "macaddr", argumentWords: 1, resultWords: 1, isPure: true) {
      run, arguments, result in
      let text = run.strings.bytes(of: arguments[0]).map { byte -> String in
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count == 1 ? "0" + digits : digits
      }
      result[0] = run.strings.intern(text.joined(separator: ":"))
    }
    return Typed(.call(function, [bytes]), .string, call.span)
  }
}

extension HostFunction {
  /// The integer that the first bytes of a buffer are, on a machine of this byte order; bytes that
  /// are not there count as 0.
  static func integer(_ type: IntegerType, _ order: ByteOrder) -> HostFunction {
    HostFunction(name: "integer of bytes", argumentWords: 1, resultWords: 1, isPure: true) {
      run, arguments, result in
      let room = type.bits / 8
      var bytes = Array(run.strings.bytes(of: arguments[0]).prefix(room))
      bytes += [UInt8](repeating: 0, count: room - bytes.count)
      result[0] = (order == .little ? bytes.reversed() : bytes).reduce(0) { $0 << 8 | UInt64($1) }
    }
  }

  /// The text of an address of 4 or 16 bytes.
  static let addressText = HostFunction(
    name: "ntop", argumentWords: 1, resultWords: 1, isPure: true
  ) { run, arguments, result in
    result[0] = run.strings.intern(NetworkAddress.text(Array(run.strings.bytes(of: arguments[0]))))
  }
}

/// Addresses of networks as bytes and as text.
enum NetworkAddress {
  /// `127.0.0.1`, `::1`; of other lengths how many bytes there are.
  static func text(_ bytes: [UInt8]) -> String {
    guard bytes.count == 4 || bytes.count == 16 else { return "<\(bytes.count) bytes>" }
    var room = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    guard inet_ntop(family, bytes, &room, socklen_t(room.count)) != nil else { return "" }
    return String(decoding: room.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// nil for what is no address.
  static func bytes(_ text: [UInt8]) -> [UInt8]? {
    let isNew = text.contains(UInt8(ascii: ":"))
    var bytes = [UInt8](repeating: 0, count: isNew ? 16 : 4)
    let name = text.map { CChar(bitPattern: $0) } + [0]
    return inet_pton(isNew ? AF_INET6 : AF_INET, name, &bytes) == 1 ? bytes : nil
  }
}
