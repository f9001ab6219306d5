"""Actions that involve several domains: close a vote, move a meeting, merge or erase a resident, staff overview."""
