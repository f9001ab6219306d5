"""The secret of an open consultation, which makes voter tokens: `secret_of` is the only way to it.

Its row holds it sealed under a key of the vault and under the service's keys: neither the database with the keys nor
the vault alone opens it. Closing destroys the key in the vault: see `cleaning.py`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import folders
from api.consultations.models import Consultation
from api.errors import Invalid, Lost, NotOpen, Unavailable
from api.seals import seals_of


async def draw(session: AsyncSession, consultation: Consultation) -> None:
    """Give a consultation that opens a secret of its own. Raises Unavailable if the vault cannot take its key."""
    await folders.ensure(session)
    _seal(session, consultation, secrets.token_bytes(32))


def secret_of(session: AsyncSession, consultation: Consultation) -> bytes:
    """The secret of an open consultation; what is sealed later in this transaction is sealed under its key as well.

    Raises NotOpen if it has none, Lost if its key is not in the vault, Unavailable if the vault cannot be read now.
    """
    if consultation.secret is None:
        raise NotOpen
    if consultation.key_name is None:  # opened by an older release, and not sealed yet: see `seal_clear`
        return consultation.secret
    try:
        return bytes.fromhex(seals_of(session).decipher(consultation.secret, purpose=_purpose(consultation)))
    except Invalid:
        raise Lost(f"the key of {consultation.code} is not in the vault") from None


def known_secret_of(session: AsyncSession, consultation: Consultation) -> bytes | None:
    """The secret of an open consultation; None if its key is lost."""
    try:
        return secret_of(session, consultation)
    except Lost:
        return None


def seal_with(session: AsyncSession, consultation: Consultation) -> None:
    """Seal what is written later in this transaction under its key as well: it names a ballot of it."""
    if consultation.key_name is not None:
        seals_of(session).use(consultation.key_name)


def seal(session: AsyncSession, consultation: Consultation, text: str, *, purpose: str) -> bytes:
    """Seal a text under the key of this one consultation, whose secret was used before, and under the service's."""
    seals, name = seals_of(session), consultation.key_name
    return seals.seal(text, {} if name is None else {name: seals.key(name)}, purpose=purpose)


async def prove(session: AsyncSession, consultation: Consultation) -> None:
    """Make sure that closing destroys its key wherever it is: every folder has it, and it opens the secret.

    Raises Lost if no folder has it, Unavailable if one has not, or is not there: each names the folders.
    """
    if consultation.key_name is None:  # opened by an older release: there is no key
        return
    await folders.ensure(session)
    if without := lacking(session, consultation):
        raise _missing(session, consultation, without)


async def held_back(session: AsyncSession, consultation: Consultation) -> str:
    """Why it cannot be closed now, in words; empty if it can. Nothing is changed."""
    vault = seals_of(session).vault
    if wrong := folders.faults(vault, await folders.known(session)):
        return "; ".join(wrong)
    without = lacking(session, consultation) if consultation.key_name is not None else []
    return str(_missing(session, consultation, without)) if without else ""


def lacking(session: AsyncSession, consultation: Consultation) -> Sequence[Path]:
    """The folders whose vault has no key that opens its secret. Raises Unavailable if one cannot be read."""
    seals, sealed = seals_of(session), consultation.secret or b""
    found = seals.vault.held(consultation.key_name or "")
    purpose = _purpose(consultation)
    return [folder for folder, key in found.items() if key is None or not seals.opens(key, sealed, purpose=purpose)]


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
        elif each.key_name is not None and (mended := seals.vault.mend(each.key_name, seals.key(each.key_name))):
            repaired[each.code] = [str(folder) for folder in mended]
    return lost, repaired


def _missing(session: AsyncSession, consultation: Consultation, without: Sequence[Path]) -> Lost | Unavailable:
    named, code = ", ".join(map(str, without)), consultation.code
    if len(without) < len(seals_of(session).vault.folders):
        return Unavailable(f"the key of {code} is not in {named}: the service puts it there when it starts")
    return Lost(f"the key of {code} is not in {named}; if it is lost for good, close it with --key-is-lost")


def _seal(session: AsyncSession, consultation: Consultation, secret: bytes) -> None:
    seals = seals_of(session)
    name, key = seals.vault.make()
    sealed = seals.seal(secret.hex(), {name: key}, purpose=_purpose(consultation))
    consultation.secret, consultation.key_name = sealed, name


def _purpose(consultation: Consultation) -> str:
    """Bound to the seal: the secret of one consultation is never taken for another's."""
    return f"voter secret {consultation.id}"
