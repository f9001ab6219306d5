"""SMS: what every provider's texts have in common, and one file per provider."""
