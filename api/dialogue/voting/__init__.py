"""Voting in the dialogue: the ballot, answers still in parts, buttons, the vote under way."""
