"""Routes for consultations, from draft to results."""
