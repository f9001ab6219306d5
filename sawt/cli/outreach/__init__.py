"""Commands for reaching many people: messages, campaigns and meetings."""
