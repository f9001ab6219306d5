"""Staff accounts: sign-in, rights, sessions and API tokens."""
