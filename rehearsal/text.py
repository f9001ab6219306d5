"""What all providers do to a text, whatever a phone or program sends."""


def well_formed(text: str) -> str:
    """Join surrogate pairs. Replace lone surrogates, which UTF-8 cannot represent, by U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def has_lone_surrogate(text: str) -> bool:
    """Whether a text has a lone surrogate, so that it cannot be encoded as UTF-8."""
    return any(0xD800 <= ord(letter) <= 0xDFFF for letter in text)
