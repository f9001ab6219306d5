"""The published lists as the pages read them: hashed again after a while, and never served where they do not fit."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Consultation, Publication
from api.consultations.receipts import receipt_list
from api.errors import Altered
from api.public.explained import Counted, counted

_KEPT = 8  # lists in memory; of fifty thousand ballots one has two or three million letters
TRUSTED = 30.0  # seconds for which a list that fitted is served without a look at its rows

Published = tuple[Publication, str]  # the hash and its list


@dataclass(slots=True)
class _Known:
    """A list whose hash was made, and what was counted with it."""

    text: str
    until: float
    counts: Counted | None = None


@dataclass(slots=True)
class Lists:
    """Lists by their hashes. Anybody may ask for one as often as they like, while residents wait for the database.

    What is served is always a text that was hashed: a change of its rows is seen as soon as it is trusted no longer.
    """

    clock: Callable[[], float] = time.monotonic
    _known: dict[str, _Known] = field(default_factory=dict)

    async def get(self, session: AsyncSession, consultation: Consultation) -> Published:
        """The hash that was published and the list it is of.

        Raises NotFound where none was published, Altered where the rows do not fit the hash.
        """
        found = await receipt_list.publication(session, consultation)
        known = self._known.get(found.digest)
        if known is None or known.until <= self.clock():
            known = self._keep(found.digest, await _fitting(session, consultation, found.digest))
        return found, known.text

    async def counts(self, session: AsyncSession, consultation: Consultation, digest: str) -> Counted:
        """The questions and totals of a list that was just had by its hash."""
        known = self._known.get(digest)
        if known is None or known.counts is None:
            counts = await counted(session, consultation.id)
            if known is None:
                return counts
            known.counts = counts
        return known.counts

    def _keep(self, digest: str, text: str) -> _Known:
        self._known.pop(digest, None)
        if len(self._known) >= _KEPT:
            del self._known[next(iter(self._known))]
        self._known[digest] = _Known(text, self.clock() + TRUSTED)
        return self._known[digest]


async def _fitting(session: AsyncSession, consultation: Consultation, digest: str) -> str:
    text = await receipt_list.text(session, consultation)
    if receipt_list.digest(text) != digest:
        raise Altered(consultation.code)
    return text
