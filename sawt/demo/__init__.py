"""The demonstration: the whole service with sample data and the rehearsal network (simulated phones)."""
