"""Commands to run the service."""
