"""Roads messages go by, what they cost, and phone numbers."""
