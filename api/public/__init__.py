"""Pages for everybody, without a sign-in: receipts and what was counted."""
