"""One harmless request to each provider for `sawt doctor --live`: one module each, imported if it is switched on."""
