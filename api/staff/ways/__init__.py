"""Ways to sign in beside password and code: passkeys, and accounts at an identity provider."""
