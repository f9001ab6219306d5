"""Keys of the secrets of open consultations: the vault folders with them, and proof of their destruction."""
