"""Roads (the ways messages are sent), their prices, and phone numbers."""
