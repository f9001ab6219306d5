"""Keys, seals and the vault; and what rights are."""
