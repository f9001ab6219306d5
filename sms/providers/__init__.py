"""The SMS providers (companies and gateways): how Sawt calls each one, and how each one calls Sawt."""
