"""The rules of this installation: stored in the database, changed by staff, the same for every process."""
