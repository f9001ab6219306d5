"""The loops that deliver, settle, ask about and delete messages at providers."""
