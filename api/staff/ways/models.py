"""Tables of further ways to sign in: passkeys, linked identities, and challenges that were answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Json, Moment


class Passkey(Base):
    """A passkey of an account. The authenticator keeps the private key."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes] = mapped_column()  # in COSE form
    sign_count: Mapped[int] = mapped_column(BigInteger)  # 0 for authenticators that do not count
    transports: Mapped[list[str]] = mapped_column(Json)  # how a browser may reach the authenticator, as it said itself
    name: Mapped[str] = mapped_column(String(40))  # chosen by the owner
    made_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class Identity(Base):
    """An identity at an OpenID provider, linked to an account."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))  # at most 255 letters: OpenID Connect Core 1.0, section 2
    made_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class SpentChallenge(Base):
    """The hash of a challenge that was answered correctly, so that the answer cannot be used again."""

    __tablename__ = "spent_challenges"
    __table_args__ = (Index(None, "expires_at"),)

    challenge_hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)
