"""The command line and the composition root: reads the settings, builds the parts, starts processes."""
