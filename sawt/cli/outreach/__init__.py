"""Commands for messages and meetings: what goes out to many people."""
