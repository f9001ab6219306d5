"""The JSON API for staff, one file for each resource."""
