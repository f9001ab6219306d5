"""Routes about those who work here: sessions, accounts and API tokens."""
