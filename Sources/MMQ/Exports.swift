// `import MMQ` is enough for an embedding program: sources, schemas and diagnostics are part of what it
// works with. The attribute has an underscore, but is what Foundation and SwiftNIO do, and the only way in
// which members of these types are seen, too.

@_exported public import MMQLanguage
@_exported public import MMQTrace
