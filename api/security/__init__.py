"""Keys, encryption and the vault."""
