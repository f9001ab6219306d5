"""Rules of this installation: stored in the database, changed by staff, and the same in every process."""
