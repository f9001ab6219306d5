"""The staff overview: what waits for staff in every domain."""
