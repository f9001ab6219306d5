"""Words around a consultation: aliases of options, replies nobody understood, answers in people's own words."""
