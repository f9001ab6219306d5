"""The published lists as the pages read them: once a process, since nothing of a list ever changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import publishing
from api.consultations.models import Consultation, Publication
from api.public.explained import Counted, counted

T = TypeVar("T")

_KEPT = 8  # lists in memory; of fifty thousand ballots one has two or three million letters

Published = tuple[Publication, str]  # the hash and its list


@dataclass(slots=True)
class Lists:
    """Lists by their hashes. Anybody may ask for one as often as they like, while residents wait for the database."""

    _known: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, Counted] = field(default_factory=dict)

    async def get(self, session: AsyncSession, consultation: Consultation) -> Published:
        """The hash that was published and the list it is of. Raises NotFound where none was."""
        found = await publishing.publication(session, consultation)
        if found.digest not in self._known:
            _keep(self._known, found.digest, await publishing.text(session, consultation))
        return found, self._known[found.digest]

    async def counts(self, session: AsyncSession, consultation: Consultation, digest: str) -> Counted:
        """The questions and totals of the list that has this hash."""
        if digest not in self._counts:
            _keep(self._counts, digest, await counted(session, consultation.id))
        return self._counts[digest]


def _keep(known: dict[str, T], digest: str, found: T) -> None:
    if len(known) >= _KEPT:
        del known[next(iter(known))]
    known[digest] = found
