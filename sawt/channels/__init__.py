"""How each provider and channel is built from the settings: one module each, imported if its settings are there."""
