"""What providers do to text, whatever a phone or program sends."""


def well_formed(text: str) -> str:
    """Join surrogate pairs, and replace lone surrogates, which UTF-8 cannot represent, by U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def has_lone_surrogate(text: str) -> bool:
    """Whether the text cannot be encoded as UTF-8."""
    return any(0xD800 <= ord(letter) <= 0xDFFF for letter in text)
