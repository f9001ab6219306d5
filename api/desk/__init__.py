"""Letters from residents to the desk (the staff) of their province, and the answers."""
