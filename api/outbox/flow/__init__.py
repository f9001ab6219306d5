"""How fast messages are sent, and whether they may be: lanes, slots, circuit breakers, send windows, budgets."""
