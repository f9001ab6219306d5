"""Ideas of residents: stored, searched and moderated."""
