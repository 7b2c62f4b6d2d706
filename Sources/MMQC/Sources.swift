// mmq.h: sources.
// The names are those of the header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CMMQ
internal import Glibc
internal import MMQ

final class CSource {
  let source: any TraceSource
  let host: HostSource?
  /// By number from 1 on.
  var events: [HostSource.Event] = []

  init(_ source: any TraceSource) {
    self.source = source
    host = source as? HostSource
  }
}

@c @implementation
public func mmq_free(_ pointer: UnsafeMutablePointer<CChar>?) { free(pointer) }

@c @implementation
public func mmq_source_open(
  _ path: UnsafePointer<CChar>?, _ problem: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> OpaquePointer? {
  attempt(problem) { Handle.give(CSource(try SourceFormat.open(path: text(path)))) }
}

@c @implementation
public func mmq_source_new(_ cpus: UInt32, _ capacity: Int) -> OpaquePointer? {
  Handle.give(
    CSource(HostSource(cpus: Int(cpus), capacity: capacity > 0 ? capacity : 64 << 20)))
}

@c @implementation
public func mmq_source_define(
  _ source: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ fields: UnsafePointer<mmq_field>?,
  _ count: Int, _ problem: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> UInt32 {
  attempt(problem) {
    let all = try UnsafeBufferPointer(start: fields, count: fields == nil ? 0 : count).map {
      try HostField($0)
    }
    return try define(source) { try $0.define(text(name), all) }
  } ?? 0
}

@c @implementation
public func mmq_source_define_format(
  _ source: OpaquePointer?, _ system: UnsafePointer<CChar>?, _ format: UnsafePointer<CChar>?,
  _ problem: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> UInt32 {
  attempt(problem) {
    try define(source) { try $0.define(format: text(format), system: text(system)) }
  } ?? 0
}

private func define(
  _ source: OpaquePointer?, _ body: (HostSource) throws -> HostSource.Event
) throws -> UInt32 {
  guard let holder = Handle.object(source, as: CSource.self), let host = holder.host else {
    throw Refusal("events can be defined only for a source of mmq_source_new()")
  }
  holder.events.append(try body(host))
  return UInt32(holder.events.count)
}

@c @implementation
public func mmq_source_push(
  _ source: OpaquePointer?, _ event: UInt32, _ bytes: UnsafeRawPointer?, _ size: Int,
  _ time: UInt64, _ cpu: UInt32, _ thread: Int32
) -> Bool {
  guard let holder = Handle.object(source, as: CSource.self), let host = holder.host,
    event >= 1, Int(event) <= holder.events.count
  else { return false }
  return host.push(
    holder.events[Int(event) - 1],
    UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : max(0, size)), at: time,
    cpu: Int(cpu), thread: thread)
}

@c @implementation
public func mmq_source_findings(_ source: OpaquePointer?) -> UnsafeMutablePointer<CChar>? {
  let findings = Handle.object(source, as: CSource.self)?.source.damage.findings ?? []
  return strdup(
    findings.map { finding in
      let times = finding.count > 1 ? " (\(finding.count) times)" : ""
      return "\(finding.severity == .error ? "ERROR" : "NOTE"): \(finding.first)\(times)\n"
    }.joined())
}

@c @implementation
public func mmq_source_free(_ source: OpaquePointer?) { Handle.free(source, as: CSource.self) }

extension HostField {
  fileprivate init(_ field: mmq_field) throws {
    let kinds: [Kind] = [
      .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .bool, .pointer,
      .text(Int(field.size)),
    ]
    let name = text(field.name)
    guard kinds.indices.contains(Int(field.type.rawValue)) else {
      throw Refusal("its field \(name) has no type of mmq.h")
    }
    self.init(
      name, kinds[Int(field.type.rawValue)], offset: field.offset == -1 ? nil : Int(field.offset))
  }
}
