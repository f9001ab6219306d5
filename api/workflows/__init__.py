"""What crosses domains: closing a vote, moving a meeting, merging or erasing a resident, the overview."""
