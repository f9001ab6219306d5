"""Keys, seals and the vault."""
