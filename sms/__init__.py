"""SMS: code that all SMS providers share, and the providers."""
