"""Pages for staff: for now those to sign in, to set up an account, and to see one's sessions."""
