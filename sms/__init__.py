"""SMS: what the texts of all providers have in common, and the providers."""
