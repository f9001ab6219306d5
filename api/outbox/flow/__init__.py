"""When and how fast messages are sent: lanes (sending rates), circuit breakers, send windows and budgets."""
