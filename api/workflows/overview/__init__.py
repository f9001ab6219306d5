"""What waits for staff: of every domain, in one look."""
