"""The secret of an open consultation, which makes voter tokens: `secret_of` is the only way to it.

Its row holds it sealed under a key of the vault and under the service's keys: neither the database with the keys nor
the vault alone opens it. Closing destroys the key in the vault: see `background/after_closing.py`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Consultation
from api.consultations.vault_keys import folders
from api.errors import Invalid, KeyLost, NotOpen
from api.security.seals import seals_of


async def draw(session: AsyncSession, consultation: Consultation) -> None:
    """Give a consultation that opens a secret of its own. Raises Unavailable if the vault cannot take its key."""
    await folders.ensure(session)
    _seal(session, consultation, secrets.token_bytes(32))


def secret_of(session: AsyncSession, consultation: Consultation) -> bytes:
    """The secret of an open consultation; what is sealed later in this transaction is sealed under its key as well.

    Raises NotOpen if it has none, KeyLost if its key is not in the vault, Unavailable if the vault cannot be read now.
    """
    if consultation.secret is None:
        raise NotOpen
    if consultation.key_name is None:  # opened by an older release, and not sealed yet: see `seal_clear`
        return consultation.secret
    try:
        return bytes.fromhex(seals_of(session).decipher(consultation.secret, purpose=_purpose(consultation)))
    except Invalid:
        raise KeyLost(f"the key of {consultation.code} is not in the vault") from None


def known_secret_of(session: AsyncSession, consultation: Consultation) -> bytes | None:
    """The secret of an open consultation; None if its key is lost."""
    try:
        return secret_of(session, consultation)
    except KeyLost:
        return None


def seal_with(session: AsyncSession, consultation: Consultation) -> None:
    """Seal what is written later in this transaction under its key as well: it names a ballot of it."""
    if consultation.key_name is not None:
        seals_of(session).use(consultation.key_name)


def seal(session: AsyncSession, consultation: Consultation, text: str, *, purpose: str) -> bytes:
    """Seal a text under the key of this one consultation, whose secret was used before, and under the service's."""
    seals, name = seals_of(session), consultation.key_name
    return seals.seal(text, {} if name is None else {name: seals.key(name)}, purpose=purpose)


def opens(session: AsyncSession, consultation: Consultation, key: bytes) -> bool:
    """Whether this key of the vault opens its secret."""
    return seals_of(session).opens(key, consultation.secret or b"", purpose=_purpose(consultation))


async def held(session: AsyncSession, *, locked: bool = False) -> Sequence[Consultation]:
    """The consultations that still have a secret, in their order; `locked`: closing waits for the transaction."""
    found = select(Consultation).where(Consultation.secret.is_not(None)).order_by(Consultation.id)
    return (await session.scalars(found.with_for_update(read=True) if locked else found)).all()


async def seal_clear(session: AsyncSession) -> int:
    """Seal the secrets that an older release kept in the clear; returns how many there were."""
    clear = (Consultation.secret.is_not(None), Consultation.key_name.is_(None))
    found = (await session.scalars(select(Consultation).where(*clear).with_for_update())).all()
    if found:
        await folders.ensure(session)
    for each in found:
        _seal(session, each, each.secret or b"")
    await session.flush()
    return len(found)


async def examine(session: AsyncSession) -> tuple[Sequence[str], Mapping[str, Sequence[str]]]:
    """Repair the vault's mirrors: the codes whose key is lost, and the folders repaired, by code.

    Raises Unavailable if a folder is not there, or is another one.
    """
    await folders.ensure(session)
    lost, repaired, seals = list[str](), dict[str, Sequence[str]](), seals_of(session)
    for each in await held(session):
        if known_secret_of(session, each) is None:
            lost.append(each.code)
        elif each.key_name is not None and (mended := seals.vault.repair(each.key_name, seals.key(each.key_name))):
            repaired[each.code] = [str(folder) for folder in mended]
    return lost, repaired


def _seal(session: AsyncSession, consultation: Consultation, secret: bytes) -> None:
    seals = seals_of(session)
    name, key = seals.vault.make()
    sealed = seals.seal(secret.hex(), {name: key}, purpose=_purpose(consultation))
    consultation.secret, consultation.key_name = sealed, name


def _purpose(consultation: Consultation) -> str:
    """Bound to the seal: the secret of one consultation is never taken for another's."""
    return f"voter secret {consultation.id}"
