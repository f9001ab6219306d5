"""Consultations: their questions, how they open and close, and the ballots that residents cast."""
