"""Keys, encryption and the vault, and the permissions of staff."""
