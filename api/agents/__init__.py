"""Agents of associations: they type the answers of other people, one person after another, on the agent's own phone."""
