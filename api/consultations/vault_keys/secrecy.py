"""The secret of an open consultation, from which voter tokens derive. It is only read through `secret_of`.

To seal a text is to encrypt it. The secret is sealed twice: under a key in the vault, and under the service's keys. So
the database with the service's keys cannot open it, and neither can the vault alone. Closing destroys the key in the
vault: see `background/after_closing.py`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Consultation
from api.consultations.vault_keys import folders
from api.errors import Invalid, KeyLost, NotOpen
from api.security.seals import seals_of


class MirrorReport(NamedTuple):
    """The keys that are lost, and the keys that were copied again.

    `lost` has the codes of the consultations whose key is lost. `repaired` has, for each code, the folders to which the
    key was copied.
    """

    lost: Sequence[str]
    repaired: Mapping[str, Sequence[str]]


async def draw(session: AsyncSession, consultation: Consultation) -> None:
    """Draw a random secret for a consultation that opens. Raises Unavailable if the vault cannot store its key."""
    await folders.ensure(session)
    _seal(session, consultation, secrets.token_bytes(32))


def secret_of(session: AsyncSession, consultation: Consultation) -> bytes:
    """Return the secret of an open consultation.

    From now on, this transaction also seals texts under the consultation's key. Raises NotOpen if it has no secret,
    KeyLost if its key is not in the vault, Unavailable if the vault cannot be read now.
    """
    if consultation.secret is None:
        raise NotOpen
    if consultation.key_name is None:  # from an older release, not sealed yet: see `seal_clear`
        return consultation.secret
    try:
        return bytes.fromhex(seals_of(session).decipher(consultation.secret, purpose=_purpose(consultation)))
    except Invalid:
        raise KeyLost(f"the vault has no key for {consultation.code}") from None


def known_secret_of(session: AsyncSession, consultation: Consultation) -> bytes | None:
    """Return the secret of an open consultation; None if its key is lost. Raises NotOpen or Unavailable."""
    try:
        return secret_of(session, consultation)
    except KeyLost:
        return None


def seal_with(session: AsyncSession, consultation: Consultation) -> None:
    """From now on, let this transaction also seal texts under the consultation's key.

    This is needed for texts that name one of the consultation's ballots.
    """
    if consultation.key_name is not None:
        seals_of(session).use(consultation.key_name)


def seal(session: AsyncSession, consultation: Consultation, text: str, *, purpose: str) -> bytes:
    """Return a text sealed under the service's keys and this consultation's key, which must be loaded already."""
    seals, name = seals_of(session), consultation.key_name
    return seals.seal(text, {} if name is None else {name: seals.key(name)}, purpose=purpose)


def key_opens(session: AsyncSession, consultation: Consultation, key: bytes) -> bool:
    """Whether this key from the vault opens the consultation's secret."""
    return seals_of(session).opens(key, consultation.secret or b"", purpose=_purpose(consultation))


async def with_secret(session: AsyncSession, *, locked: bool = False) -> Sequence[Consultation]:
    """Return the consultations that still have a secret, sorted by id.

    If `locked`, they cannot close before this transaction ends.
    """
    query = select(Consultation).where(Consultation.secret.is_not(None)).order_by(Consultation.id)
    return (await session.scalars(query.with_for_update(read=True) if locked else query)).all()


async def seal_clear(session: AsyncSession) -> int:
    """Seal secrets that an older release stored unencrypted; return how many there were."""
    clear = (Consultation.secret.is_not(None), Consultation.key_name.is_(None))
    consultations = (await session.scalars(select(Consultation).where(*clear).with_for_update())).all()
    if consultations:
        await folders.ensure(session)
    for each in consultations:
        _seal(session, each, each.secret or b"")
    await session.flush()
    return len(consultations)


async def repair_mirrors(session: AsyncSession) -> MirrorReport:
    """Copy keys to the vault folders that lack them; return what was lost and what was repaired.

    Raises Unavailable if a folder is missing or is not the right one.
    """
    await folders.ensure(session)
    lost, repaired, seals = list[str](), dict[str, Sequence[str]](), seals_of(session)
    for each in await with_secret(session):
        if known_secret_of(session, each) is None:
            lost.append(each.code)
        elif each.key_name is not None and (mended := seals.vault.repair(each.key_name, seals.key(each.key_name))):
            repaired[each.code] = [str(folder) for folder in mended]
    return MirrorReport(lost, repaired)


def _seal(session: AsyncSession, consultation: Consultation, secret: bytes) -> None:
    seals = seals_of(session)
    name, key = seals.vault.make()
    sealed = seals.seal(secret.hex(), {name: key}, purpose=_purpose(consultation))
    consultation.secret, consultation.key_name = sealed, name


def _purpose(consultation: Consultation) -> str:
    """Return the purpose that a secret is sealed for, so that no two secrets can be confused."""
    return f"voter secret {consultation.id}"
