"""The companies and gateways that carry SMS, how each is called, and how each calls us."""
