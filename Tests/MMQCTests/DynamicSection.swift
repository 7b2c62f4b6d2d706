// Which libraries a library needs: the dynamic section of an ELF file of 64 bits (elf(5)).

import Foundation

struct DynamicSection {
  /// Names such as `libc.so.6`.
  let needed: [String]

  init?(path: String) {
    guard let file = FileManager.default.contents(atPath: path),
      file.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2])
    else { return nil }
    func number<T: FixedWidthInteger>(_ type: T.Type, _ offset: Int) -> Int {
      file.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: offset, as: T.self)) }
    }
    let table = number(UInt64.self, 40)
    let (size, count) = (number(UInt16.self, 58), number(UInt16.self, 60))
    func section(_ index: Int) -> (type: Int, offset: Int, size: Int, link: Int) {
      let at = table + index * size
      return (
        number(UInt32.self, at + 4), number(UInt64.self, at + 24), number(UInt64.self, at + 32),
        number(UInt32.self, at + 40)
      )
    }
    let dynamic = (0..<count).map(section).first { $0.type == 6 }  // SHT_DYNAMIC
    guard let dynamic else { return nil }
    let names = section(dynamic.link).offset
    needed = stride(from: dynamic.offset, to: dynamic.offset + dynamic.size, by: 16)
      .filter { number(Int64.self, $0) == 1 }  // DT_NEEDED
      .map { entry in
        let start = names + number(UInt64.self, entry + 8)
        return String(decoding: file[start...].prefix { $0 != 0 }, as: UTF8.self)
      }
  }
}
