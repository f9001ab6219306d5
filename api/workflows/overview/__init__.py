"""The staff overview: what needs action by staff in every domain."""
