// `--formats`: what events consist of, for inputs that don't say it.

internal import ArgumentParser
internal import MMQTrace

struct FormatsOption: ParsableArguments {
  @Option(
    help: .init(
      "The formats of the events of a text: a directory such as events/, a format file, a trace.dat, or "
        + "'live' for text of the running kernel. Without it, fields are taken from name=value.",
      valueName: "dir|file"), completion: .file())
  var formats: String?

  /// Reads them. Throws a Stop that says why that fails.
  func load() throws -> EventFormats? {
    guard let formats else { return nil }
    let damage = DamageLog()
    do throws(TraceError) {
      let loaded = try EventFormats(path: formats, damage)
      Recording.report(damage, of: formats, isQuiet: false)
      return loaded
    } catch {
      throw Stop(status: Stop.usageError, message: "mmq: --formats \(formats): \(error.message)")
    }
  }
}
