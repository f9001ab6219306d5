"""The dialogue with residents, written once for every channel."""
