"""The demonstration: the whole service with the rehearsal network and data of its own."""
