"""Routes for what goes out to many: campaigns, meetings, updates."""
