"""Check and repair lone surrogates in a text: half characters that UTF-8 cannot represent."""


def well_formed(text: str) -> str:
    """Return a text with surrogate pairs joined, and each lone surrogate replaced by U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def has_lone_surrogate(text: str) -> bool:
    """Return whether a text has a lone surrogate, so that it cannot be encoded as UTF-8."""
    return any(0xD800 <= ord(letter) <= 0xDFFF for letter in text)
