"""Letters from residents to the staff of their province (the province's "desk"), and the answers of staff."""
