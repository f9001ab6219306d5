"""Web pages for staff: sign in, set up an account, change the password, and list the sessions."""
