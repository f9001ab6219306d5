"""What the service does without a request: background jobs, when each is due, and the scheduler that runs them."""
