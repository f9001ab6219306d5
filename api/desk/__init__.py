"""Letters from residents to the staff of their province, and the answers."""
