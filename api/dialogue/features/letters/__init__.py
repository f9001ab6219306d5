"""Letters from residents to the staff."""
