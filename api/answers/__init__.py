"""Answers in people's own words to closed consultations: staff read, search, tag and export them."""
