"""Commands for running the service."""
