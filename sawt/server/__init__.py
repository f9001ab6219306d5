"""The HTTP server's worker processes and connection limits."""
