"""Worker loops that deliver messages, settle them, ask providers about unsure ones and delete texts there."""
