"""What the service does by itself: background jobs, when each is due, and the scheduler that runs them."""
