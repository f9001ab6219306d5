"""What all HTTP endpoints share: dependencies, error responses, limits and tracing."""
