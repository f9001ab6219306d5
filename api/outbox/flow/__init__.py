"""How fast messages leave, and whether they may: lanes, slots, circuit breakers, send windows, budgets."""
