"""Keys, encryption and the vault; and what rights are."""
