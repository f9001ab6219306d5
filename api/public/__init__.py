"""Pages for everybody, without a sign-in: home, receipts, what was counted, and errors."""
