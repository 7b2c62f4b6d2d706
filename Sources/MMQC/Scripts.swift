// mmq.h: scripts.
// The names are those of the header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CMMQ
internal import Glibc
internal import MMQ

final class CScript {
  let script: Script
  let source: any TraceSource
  private let strings = CStrings()
  private(set) var diagnostics: [mmq_diagnostic] = []

  init(_ source: any TraceSource, _ text: Source, flags: UInt32) {
    self.source = source
    var target = Target(source)
    target.host.allowsFiles = flags & UInt32(MMQ_ALLOW_FILES) != 0
    target.host.allowsCommands = flags & UInt32(MMQ_ALLOW_COMMANDS) != 0
    script = Script(text, for: target)
    diagnostics = script.diagnostics.map { converted($0) }
  }

  private func converted(_ diagnostic: Diagnostic) -> mmq_diagnostic {
    let (line, column) = script.text.position(of: diagnostic.span.start)
    let width = max(0, diagnostic.span.end - diagnostic.span.start)
    return mmq_diagnostic(
      is_error: diagnostic.severity == .error, id: strings.add(diagnostic.id),
      message: strings.add(diagnostic.message), hint: diagnostic.hint.flatMap { strings.add($0) },
      file: strings.add(script.text.name(at: diagnostic.span.start)),
      line: UInt32(clamping: line), column: UInt32(clamping: column),
      end_column: UInt32(clamping: column + width))
  }
}

@c @implementation
public func mmq_script_compile(
  _ source: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ script: UnsafePointer<CChar>?,
  _ flags: UInt32
) -> OpaquePointer? {
  guard let holder = Handle.object(source, as: CSource.self) else { return nil }
  return Handle.give(
    CScript(holder.source, Source(name: text(name), text(script)), flags: flags))
}

@c @implementation
public func mmq_script_is_sound(_ script: OpaquePointer?) -> Bool {
  Handle.object(script, as: CScript.self)?.script.hasErrors == false
}

@c @implementation
public func mmq_script_diagnostic_count(_ script: OpaquePointer?) -> Int {
  Handle.object(script, as: CScript.self)?.diagnostics.count ?? 0
}

@c @implementation
public func mmq_script_diagnostic(
  _ script: OpaquePointer?, _ index: Int, _ result: UnsafeMutablePointer<mmq_diagnostic>?
) -> Bool {
  guard let all = Handle.object(script, as: CScript.self)?.diagnostics, all.indices.contains(index)
  else { return false }
  result?.pointee = all[index]
  return true
}

@c @implementation
public func mmq_script_messages(_ script: OpaquePointer?) -> UnsafeMutablePointer<CChar>? {
  let script = Handle.object(script, as: CScript.self)?.script
  return strdup(script?.diagnostics.map { $0.rendered(in: script!.text) }.joined() ?? "")
}

@c @implementation
public func mmq_script_free(_ script: OpaquePointer?) { Handle.free(script, as: CScript.self) }
