"""Agents of associations, who answer for people one after another on their own phone."""
