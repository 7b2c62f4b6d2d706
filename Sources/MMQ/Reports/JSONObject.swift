// JSON for what is no result of a script.

/// An object under construction.
package struct JSONObject {
  private var buffer = ByteBuffer()

  package init() {}

  package mutating func add(_ name: String, _ value: String?) {
    add(name) { buffer in
      if let value { buffer.append(json: Array(value.utf8)) } else { buffer.append("null") }
    }
  }

  package mutating func add(_ name: String, _ value: UInt64?) {
    add(name) { buffer in
      if let value { buffer.append(json: .unsigned(value)) } else { buffer.append("null") }
    }
  }

  package mutating func add(_ name: String, _ value: Bool) {
    add(name) { $0.append(value ? "true" : "false") }
  }

  package mutating func add(_ name: String, _ value: JSONObject) {
    add(name) { $0.append(value.text) }
  }

  package mutating func add(_ name: String, _ values: [JSONObject]) {
    add(name) { $0.append("[" + values.map(\.text).joined(separator: ", ") + "]") }
  }

  private mutating func add(_ name: String, _ fill: (inout ByteBuffer) -> Void) {
    if buffer.count > 0 { buffer.append(", ") }
    buffer.append(json: Array(name.utf8))
    buffer.append(": ")
    fill(&buffer)
  }

  package var text: String { "{" + String(decoding: buffer.bytes, as: UTF8.self) + "}" }
}
