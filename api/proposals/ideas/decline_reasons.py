"""Standard reasons for declining an idea. They are already translated in the catalogs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from api.consultations.models import Words
from api.errors import Invalid
from api.i18n import LANGUAGES, Catalogs, Voice

REASONS: Mapping[str, Callable[[Voice], str]] = {
    "elsewhere": lambda voice: voice("reason.elsewhere"),
    "exists": lambda voice: voice("reason.exists"),
    "means": lambda voice: voice("reason.means"),
    "law": lambda voice: voice("reason.law"),
    "unclear": lambda voice: voice("reason.unclear"),
    "private": lambda voice: voice("reason.private"),
}


def words_of(catalogs: Catalogs, name: str) -> Words:
    """Return a standard reason in every language. Raises Invalid if there is no reason with this name."""
    reason = REASONS.get(name)
    if reason is None:
        raise Invalid(f"there is no reason {name}: choose from {', '.join(REASONS)}", field="reason")
    return {language: reason(catalogs.voice(language)) for language in LANGUAGES}
