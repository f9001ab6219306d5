"""Build each provider and channel from the settings: one module each, imported only if it is switched on."""
