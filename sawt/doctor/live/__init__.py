"""One harmless request to each provider for `sawt doctor --live`: one module per provider, imported only if used."""
