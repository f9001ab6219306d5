"""Roads (the routes by which messages leave), the prices of messages, and phone numbers."""
