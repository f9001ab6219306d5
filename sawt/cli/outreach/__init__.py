"""Commands for what goes out to many."""
