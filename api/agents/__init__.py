"""Agents of associations, who type the answers of one person after another on their own phone."""
