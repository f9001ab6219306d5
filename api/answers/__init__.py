"""Free-text answers to closed consultations: staff read, search, tag and export them."""
