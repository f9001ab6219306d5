"""What residents send in, and what staff make of it: ideas, and the proposals published out of them."""
