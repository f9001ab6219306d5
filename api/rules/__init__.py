"""The rules of this installation: kept in the database, changed by a named person, the same for every process."""
