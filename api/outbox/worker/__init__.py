"""Background loops: send messages, record what became of them, ask about unsure ones, delete them at providers."""
