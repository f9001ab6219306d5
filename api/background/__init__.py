"""Work the service does by itself: the jobs, when each is due, and the scheduler that runs them."""
