"""How replies are worded: questions, confirmations, refusals, and what follows an error."""
