"""Routes of the JSON API for consultations, from draft to results."""
