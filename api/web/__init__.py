"""What every HTTP endpoint shares: dependencies, errors, limits, tracing."""
