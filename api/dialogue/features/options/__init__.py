"""The longer text of an option, sent as words or shown on cards."""
