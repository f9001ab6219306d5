"""Agents of associations, who type other people's answers, one person after another, on their own phone."""
