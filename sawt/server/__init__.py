"""The HTTP server: worker processes and connection limits."""
