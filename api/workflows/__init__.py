"""Use cases that cross domains: close a vote, move a meeting, merge or erase a resident, the staff overview."""
