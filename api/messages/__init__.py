"""The messages residents read: what they are for, and what staff corrected without a release."""
