// Stacks as text.

internal import MMQTrace

extension StringPool {
  /// An address with the function that it lies in.
  func frame(_ address: UInt64) -> Value.Frame {
    guard let match = symbols().find(address) else { return Value.Frame(address: address) }
    let isName = KernelSymbols.isMadeUp(address) && match.offset == 0
    return Value.Frame(
      address: address, symbol: match.name, offset: isName ? nil : match.offset)
  }
}

extension Value.Frame {
  /// `symbol+offset`, as far as it is known; without a symbol the address. A name is from a file: it may hold
  /// anything.
  var text: [UInt8] {
    guard symbol != nil, let offset else { return name }
    return name + Array("+\(offset)".utf8)
  }

  /// As above without the offset.
  var name: [UInt8] { ControlBytes.escaped(Array((symbol ?? "0x" + hexadecimal).utf8)) }

  fileprivate var hexadecimal: String { String(address, radix: 16) }
}

extension ByteBuffer {
  /// As bpftrace prints a stack: below the line that it begins in, a line for each function.
  mutating func append(_ frames: [Value.Frame], _ mode: StackMode) {
    append("\n")
    for frame in frames {
      switch mode {
      case .bpftrace: append(repeating: UInt8(ascii: " "), count: 8)
      case .perf: append("\t\(frame.hexadecimal) ")
      case .raw: append(frame.hexadecimal)
      }
      if mode != .raw { append(contentsOf: frame.text) }
      append("\n")
    }
  }

  /// In one line, the outermost function first.
  mutating func append(folded frames: [Value.Frame], _ text: (Value.Frame) -> [UInt8]) {
    for (index, frame) in frames.reversed().enumerated() {
      if index > 0 { append(";") }
      append(contentsOf: text(frame))
    }
  }
}
