"""Web pages for staff: sign in, set up an account, change the password, list the sessions, read the record."""
