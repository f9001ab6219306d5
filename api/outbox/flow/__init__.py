"""When and how fast messages are sent: lanes, slots, circuit breakers, send windows and budgets."""
