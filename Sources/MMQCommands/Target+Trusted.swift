// The command line runs scripts of its user, who may do what they do.

internal import MMQ

extension Target {
  /// Scripts may read files; commands stay a matter of --unsafe.
  var trusted: Target {
    var target = self
    target.host.allowsFiles = true
    return target
  }
}
