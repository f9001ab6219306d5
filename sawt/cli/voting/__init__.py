"""Commands for consultations, from draft to results."""
