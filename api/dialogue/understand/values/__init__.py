"""Read plain answers: choices, amounts, numbers, shares. Pure."""
