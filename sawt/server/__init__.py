"""The HTTP server: its workers, and limits on connections."""
