"""Plain answers: choices, amounts, numbers, shares. Pure."""
