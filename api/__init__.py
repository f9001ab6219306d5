"""The shared service: residents, consultations, conversations and the outbox that every channel uses."""
