"""Consultations: questions, opening and closing, and the ballots cast in them."""
