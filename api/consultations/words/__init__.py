"""Words that people write in consultations: other words for options, replies nobody understood, and free texts."""
