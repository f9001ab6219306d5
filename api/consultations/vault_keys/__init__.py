"""Keys for the secrets of open consultations: where the vault stores them, and proof that closing destroys them."""
