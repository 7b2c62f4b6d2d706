// The types that fields of events have.

internal import MMQLanguage
internal import MMQTrace

extension Type {
  /// nil for a field that is no value, such as a struct.
  init?(of field: Field, in event: EventSchema, _ byteOrder: ByteOrder) {
    switch field.shape {
    case .integer:
      guard [1, 2, 4, 8].contains(field.size) else { return nil }
      self = .integer(
        IntegerType(
          bits: field.size * 8, isSigned: field.isSigned, symbols: event.symbols[field.name]))
    case .pointer: self = .pointer
    case .bool: self = .bool
    case .string, .dynamicString: self = .string
    case .array, .dynamicArray: self.init(arrayOf: field, byteOrder)
    case .opaque: return nil
    }
  }
}

/// Arguments of system calls, which the kernel stores in 8 bytes each, whatever their type
/// (kernel/trace/trace_syscalls.c): what lies above the type's own width is rubbish.
enum SystemCallArgument {
  /// The type that the call declares, where it is narrower than its 8 bytes.
  static func type(of field: Field, in event: EventSchema) -> IntegerType? {
    guard event.system == "syscalls", field.size == 8, !field.isCommon,
      field.name != "__syscall_nr",
      field.shape == .integer
    else { return nil }
    if field.typeText.hasPrefix("enum ") { return narrow["unsigned int"] }
    return narrow[field.typeText]
  }

  /// Types of arguments as the formats write them. Widths are those of include/linux/types.h and
  /// include/uapi/asm-generic/posix_types.h; an enum is an unsigned int.
  private static let narrow: [String: IntegerType] = {
    var all: [String: IntegerType] = [:]
    func add(_ bits: Int, _ isSigned: Bool, _ names: String...) {
      for name in names { all[name] = IntegerType(bits: bits, isSigned: isSigned) }
    }
    add(
      32, true, "int", "pid_t", "clockid_t", "timer_t", "mqd_t", "key_t", "rwf_t", "key_serial_t",
      "s32", "__s32", "const int", "const clockid_t", "signed int")
    add(
      32, false, "unsigned int", "unsigned", "uid_t", "gid_t", "qid_t", "u32", "__u32", "uint32_t",
      "const unsigned int")
    add(16, false, "umode_t", "unsigned short", "u16", "__u16", "old_uid_t", "old_gid_t")
    add(16, true, "short", "s16", "__s16")
    add(8, false, "unsigned char", "u8", "__u8", "bool")
    add(8, true, "char", "s8", "__s8")
    return all
  }()
}
