// The events whose lines the kernel prints by hand instead of by their `print fmt`.

/// One of these events, its fields at hand. Follows kernel/trace/trace_output.c and, for system
/// calls, kernel/trace/trace_syscalls.c.
enum SpecialText: Sendable {
  /// `sys_name(argument: value, …)`
  case systemCall(name: [UInt8], arguments: [(name: [UInt8], field: Field)])
  /// `sys_name -> 0xvalue`
  case systemCallEnd(name: [UInt8], result: Field)
  /// `symbol: text`; the marker of user space among them.
  case print(ip: Field, text: Field)
  case putString(ip: Field, text: Field)
  case binaryPrint(ip: Field, format: Field, arguments: Field)
  /// `symbol <-symbol`
  case function(ip: Field, parent: Field)
  case kernelStack(StackLayout)
  case userStack(callers: Field)
  case rawData(id: Field, bytes: Field)

  init?(_ schema: EventSchema) {
    guard let made = SpecialText.make(schema) else { return nil }
    self = made
  }

  private static func make(_ schema: EventSchema) -> SpecialText? {
    func field(_ name: String) -> Field? {
      schema.field(named: name).flatMap { TextCompiler.isUsable($0) ? $0 : nil }
    }
    if schema.system == "syscalls" { return systemCall(schema) }
    guard schema.system == "ftrace" else { return nil }
    switch schema.name {
    case "print":
      guard let ip = field("ip"), let text = field("buf") else { return nil }
      return .print(ip: ip, text: text)
    case "bputs":
      guard let ip = field("ip"), let text = field("str") else { return nil }
      return .putString(ip: ip, text: text)
    case "bprint":
      guard let ip = field("ip"), let format = field("fmt"), let arguments = field("buf") else {
        return nil
      }
      return .binaryPrint(ip: ip, format: format, arguments: arguments)
    case "function":
      guard let ip = field("ip"), let parent = field("parent_ip") else { return nil }
      return .function(ip: ip, parent: parent)
    case "kernel_stack":
      return StackLayout(schema).map { .kernelStack($0) }
    case "user_stack":
      guard let callers = field("caller") else { return nil }
      return .userStack(callers: callers)
    case "raw_data":
      guard let id = field("id"), let bytes = field("buf") else { return nil }
      return .rawData(id: id, bytes: bytes)
    default: return nil
    }
  }

  private static func systemCall(_ schema: EventSchema) -> SpecialText? {
    let own = schema.ownFields.filter(TextCompiler.isUsable)
    for (prefix, isEntry) in [("sys_enter_", true), ("sys_exit_", false)]
    where schema.name.hasPrefix(prefix) {
      let name = Array("sys_\(schema.name.dropFirst(prefix.count))".utf8)
      if isEntry {
        let arguments = own.filter { $0.name != "__syscall_nr" && $0.name != "nr" }
        return .systemCall(
          name: name, arguments: arguments.map { (Array($0.name.utf8), $0) })
      }
      return own.first { $0.name == "ret" }.map { .systemCallEnd(name: name, result: $0) }
    }
    return nil
  }
}
