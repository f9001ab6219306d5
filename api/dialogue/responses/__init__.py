"""How replies read: questions, confirmations, refusals, recovery."""
