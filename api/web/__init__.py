"""Code shared by all HTTP endpoints: dependencies, errors, limits and tracing."""
