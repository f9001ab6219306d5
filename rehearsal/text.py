"""What happens to text on its way through a provider, whatever a phone or a program puts into it."""


def well_formed(text: str) -> str:
    """Join surrogate pairs, and put U+FFFD for a lone one, which UTF-8 cannot hold."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def has_lone_surrogate(text: str) -> bool:
    """Say whether the text cannot be written as UTF-8."""
    return any(0xD800 <= ord(letter) <= 0xDFFF for letter in text)
