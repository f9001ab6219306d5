"""Actions across several domains: close a vote, move a meeting, merge or erase a resident, staff overview."""
