"""The demonstration: the whole service with the rehearsal network and sample data."""
