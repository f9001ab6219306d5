"""Words around a consultation: other names of options, replies nobody understood, answers in people's own words."""
