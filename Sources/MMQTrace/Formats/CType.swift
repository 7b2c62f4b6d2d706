// The C types that the kernel's format files name: their sizes, as far as the name tells them.

/// A C type as a `format` file spells it.
public struct CType: Sendable, Hashable {
  /// The words as written, blanks normalised: `unsigned long`, `struct page *`.
  public var text: String
  /// Bytes of a value: 1, 2, 4 or 8. Nil for a struct, `void`, and a name that isn't known.
  public var size: Int?
  /// Whether a number of it has a sign. Plain `char` has one, as on the kernel's x86.
  public var isSigned: Bool
  /// Its last word is `*`.
  public var isPointer: Bool

  public init(text: String, size: Int?, isSigned: Bool, isPointer: Bool = false) {
    self.text = text
    self.size = size
    self.isSigned = isSigned
    self.isPointer = isPointer
  }

  /// The type of these words; `longSize` is that of the traced kernel, 4 or 8.
  public init(words: [String], longSize: Int) {
    text = words.joined(separator: " ")
    isPointer = words.contains("*")
    if isPointer {
      (size, isSigned) = (longSize, false)
      return
    }
    if words.count == 1, let shape = CType.typedefs[words[0]] {
      (size, isSigned) = (shape.size == 0 ? longSize : shape.size, shape.isSigned)
      return
    }
    let bare = words.filter { !CType.qualifiers.contains($0) }
    let known = CType.basic(bare, longSize) ?? CType.named(bare, longSize)
    (size, isSigned) = known.map { ($0.size, $0.isSigned) } ?? (nil, false)
  }

  static func int(_ size: Int, signed: Bool) -> CType {
    CType(text: signed ? "s\(size * 8)" : "u\(size * 8)", size: size, isSigned: signed)
  }

  /// True where the words can only be a type.
  static func isTypeName(_ word: String) -> Bool {
    qualifiers.contains(word) || basicWords.contains(word) || tags.contains(word)
      || typedefs[word] != nil || word.hasSuffix("_t") || word == "void"
  }

  static let tags: Set<String> = ["struct", "union", "enum"]
  static let qualifiers: Set<String> = [
    "const", "volatile", "static", "register", "restrict", "__user", "__iomem", "__percpu",
    "__rcu", "__force", "__bitwise", "__seg_gs", "__seg_fs", "__kernel",
  ]
  private static let basicWords: Set<String> = [
    "char", "short", "int", "long", "signed", "unsigned", "bool", "_Bool",
  ]

  private typealias Shape = (size: Int, isSigned: Bool)

  /// `unsigned long int` and its kin, in any order of the words.
  private static func basic(_ words: [String], _ longSize: Int) -> Shape? {
    guard !words.isEmpty, words.allSatisfy(basicWords.contains) else { return nil }
    let isSigned = !words.contains("unsigned")
    if words.contains("bool") || words.contains("_Bool") { return (1, false) }
    if words.contains("char") { return (1, isSigned) }
    if words.contains("short") { return (2, isSigned) }
    let longs = words.filter { $0 == "long" }.count
    if longs > 1 { return (8, isSigned) }
    return (longs == 1 ? longSize : 4, isSigned)
  }

  private static func named(_ words: [String], _ longSize: Int) -> Shape? {
    if words.first == "enum" { return (4, false) }
    guard words.count == 1, let word = words.first, let shape = typedefs[word] else { return nil }
    return (shape.size == 0 ? longSize : shape.size, shape.isSigned)
  }

  /// Type names whose size is the same on every kernel; 0 stands for the size of `long`.
  /// From include/linux/types.h and include/uapi/asm-generic/posix_types.h.
  private static let typedefs: [String: Shape] = {
    var all: [String: Shape] = [
      "uint": (4, false), "ulong": (0, false), "ushort": (2, false), "uchar": (1, false),
      "size_t": (0, false), "ssize_t": (0, true), "uintptr_t": (0, false), "off_t": (0, true),
      "loff_t": (8, true), "sector_t": (8, false), "blkcnt_t": (8, false), "ktime_t": (8, true),
      "time64_t": (8, true), "ino_t": (0, false), "dev_t": (4, false), "umode_t": (2, false),
      "pid_t": (4, true), "uid_t": (4, false), "gid_t": (4, false), "qid_t": (4, false),
      "gfp_t": (4, false), "fmode_t": (4, false), "vm_fault_t": (4, false), "clockid_t": (4, true),
      "__kernel_rwf_t": (4, true), "rwf_t": (4, true), "blk_opf_t": (4, false),
      "slab_flags_t": (4, false), "isolate_mode_t": (4, false), "errseq_t": (4, false),
    ]
    for (bits, size) in [("8", 1), ("16", 2), ("32", 4), ("64", 8)] {
      for name in ["u", "__u", "__le", "__be"] { all[name + bits] = (size, false) }
      for name in ["s", "__s"] { all[name + bits] = (size, true) }
      all["uint\(bits)_t"] = (size, false)
      all["int\(bits)_t"] = (size, true)
      all["u_int\(bits)_t"] = (size, false)
    }
    return all
  }()
}
