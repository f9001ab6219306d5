"""The longer text of an option, in words or on cards."""
