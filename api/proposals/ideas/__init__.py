"""Ideas of residents: taken in, searched, moderated."""
