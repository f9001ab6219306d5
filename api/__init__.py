"""The shared service: residents, consultations, the dialogue and the outbox that every channel uses."""
