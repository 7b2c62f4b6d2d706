// The command line runs scripts of its user, who may do what they do.

internal import MMQ

extension HostOptions {
  /// Scripts may read files; commands stay a matter of --unsafe.
  static var trusted: HostOptions {
    var host = HostOptions()
    host.allowsFiles = true
    return host
  }
}

extension Target {
  var trusted: Target {
    var target = self
    target.host = .trusted
    return target
  }
}

extension RunOptions {
  /// Without limits.
  static var trusted: RunOptions {
    var options = RunOptions()
    options.limits = .none
    return options
  }
}
