"""The JSON API for staff, one file per resource."""
