"""Pages for further ways to sign in: passkeys, and accounts at an identity provider."""
