// From pointers of C to objects and back.

internal import Glibc
internal import MMQ

/// What a C program holds: one reference each.
enum Handle {
  static func give(_ object: some AnyObject) -> OpaquePointer {
    OpaquePointer(Unmanaged.passRetained(object).toOpaque())
  }

  /// For parts of something that the C program holds already.
  static func lend(_ object: some AnyObject) -> OpaquePointer {
    OpaquePointer(Unmanaged.passUnretained(object).toOpaque())
  }

  static func object<T: AnyObject>(_ pointer: OpaquePointer?, as type: T.Type = T.self) -> T? {
    pointer.map { Unmanaged<T>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
  }

  static func free<T: AnyObject>(_ pointer: OpaquePointer?, as type: T.Type) {
    pointer.map { Unmanaged<T>.fromOpaque(UnsafeRawPointer($0)).release() }
  }
}

typealias ProblemPlace = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// Runs what may fail; a failure's sentence goes to the caller.
func attempt<T>(_ problem: ProblemPlace?, _ body: () throws -> T) -> T? {
  do {
    return try body()
  } catch {
    problem?.pointee = strdup("\(error)")
    return nil
  }
}

/// A failure in words.
struct Refusal: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// C strings that live as long as their owner.
final class CStrings {
  private var all: [UnsafeMutablePointer<CChar>] = []

  func add(_ text: String) -> UnsafePointer<CChar>? { add(Array(text.utf8)) }

  func add(_ bytes: [UInt8]) -> UnsafePointer<CChar>? {
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
    for (index, byte) in bytes.enumerated() { copy[index] = CChar(bitPattern: byte) }
    copy[bytes.count] = 0
    all.append(copy)
    return UnsafePointer(copy)
  }

  deinit { for copy in all { copy.deallocate() } }
}

func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
