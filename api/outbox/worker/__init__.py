"""Background loops that send messages, record their outcome, ask about unsure ones and delete them at providers."""
