"""The command line and the composition root: reads the settings, builds the service, starts processes."""
