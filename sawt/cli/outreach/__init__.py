"""Commands for what goes out to many people: messages, campaigns and meetings."""
