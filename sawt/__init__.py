"""The command line, and the code that reads the settings, builds the service from its parts and starts processes."""
