"""The companies and gateways behind SMS, and how each is called and calls us."""
