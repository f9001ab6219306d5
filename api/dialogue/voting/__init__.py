"""Voting in the dialogue: the ballot, incomplete answers, buttons, and the vote in progress."""
