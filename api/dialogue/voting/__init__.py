"""Voting in the dialogue: the ballot, incomplete answers, buttons, the vote in progress."""
