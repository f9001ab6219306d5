"""Routes of the JSON API for messages to many residents: campaigns, meetings and updates."""
