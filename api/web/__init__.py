"""Code that all HTTP endpoints share: dependencies, error responses, limits and tracing."""
