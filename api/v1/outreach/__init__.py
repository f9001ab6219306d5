"""Routes for messages to many residents: campaigns, meetings and updates."""
