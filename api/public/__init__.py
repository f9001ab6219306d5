"""Public pages, without sign-in: home, the check of a receipt, published lists of receipts, and errors."""
