"""The wording of replies: questions, confirmations, refusals, and what is said after an error."""
