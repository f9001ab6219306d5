"""Who works here: accounts and their sign-in, rights, sessions, API tokens."""
