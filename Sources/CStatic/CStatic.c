// Nothing: what matters is how a product with this target is linked. See Package.swift.
