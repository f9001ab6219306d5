"""The staff overview: everything in any domain that needs action by staff."""
