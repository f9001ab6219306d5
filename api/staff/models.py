"""Tables of accounts: how they sign in, what they may do, and where they are signed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Moment

FIRST, INVITATION, RESET, NEW_FACTOR = "first", "invitation", "reset", "factor"  # kinds of links


class Account(Base):
    """Somebody who works here. `shape` is the name as `actors.same` compares it: no two look alike."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    shape: Mapped[str] = mapped_column(String(80), unique=True)
    display_name: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(3))  # of the pages: ar or fr
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(40))
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)


class Credential(Base):
    """How an account signs in; the row is there once a link was accepted. A reset empties the password."""

    __tablename__ = "credentials"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    password: Mapped[str | None] = mapped_column(String(256))  # argon2id, with its parameters and salt
    secret: Mapped[bytes] = mapped_column()  # of the one-time codes, sealed
    used_step: Mapped[int] = mapped_column(BigInteger)  # the 30 seconds whose code was used last: none is taken twice
    changed_at: Mapped[datetime] = mapped_column(Moment)


class RecoveryCode(Base):
    """A code that stands in for the second factor once; known by its keyed hash only."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)


class SignInLink(Base):
    """A one-time link by which an account gets a password, and its second factor unless it keeps one."""

    __tablename__ = "sign_in_links"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    secret: Mapped[bytes | None]  # the new secret of the one-time codes, sealed; None if the present one stays
    failed: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # wrong codes
    expires_at: Mapped[datetime] = mapped_column(Moment)


class StaffSession(Base):
    """A browser that is signed in; its id is known by its hash only. `address` is coarse: a network, not a machine."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    factor_at: Mapped[datetime] = mapped_column(Moment)  # when a code of the second factor was given last
    failed_before: Mapped[int]  # tries that failed since the sign-in before
    address: Mapped[str] = mapped_column(String(48))


class SignInFailure(Base):
    """Failed tries, by a keyed hash of a name, of an address, or of both together."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index(None, "at"),)

    key: Mapped[bytes] = mapped_column(primary_key=True)
    failed: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)  # the last of them


class Grant(Base):
    """A permission of an account in a province; "" is the whole Region."""

    __tablename__ = "grants"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(16), primary_key=True)
    province: Mapped[str] = mapped_column(String(8), primary_key=True)


class ApiToken(Base):
    """What a client of /v1 signs in with; known by its hash only. `used_at` is told to the hour."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(40))
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class TokenGrant(Base):
    """A permission of a token in a province; "" is the whole Region."""

    __tablename__ = "token_grants"

    token_id: Mapped[int] = mapped_column(ForeignKey("api_tokens.id"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(16), primary_key=True)
    province: Mapped[str] = mapped_column(String(8), primary_key=True)
