"""Tables of staff: accounts, credentials, sessions, rights and API tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Moment

FIRST, INVITATION, RESET, NEW_FACTOR = "first", "invitation", "reset", "factor"  # kinds of links


class Account(Base):
    """A member of staff. `shape` is a simplified form of the name, so that no two accounts have similar names."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    shape: Mapped[str] = mapped_column(String(80), unique=True)
    display_name: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(3))  # of the console pages: ar or fr
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(40))
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)


class Credential(Base):
    """The password and second factor of an account.

    The row is created when a one-time link is accepted. A reset removes the password.
    """

    __tablename__ = "credentials"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    password: Mapped[str | None] = mapped_column(String(256))  # argon2id, with its parameters and salt
    secret: Mapped[bytes] = mapped_column()  # the encrypted secret of the one-time codes
    used_step: Mapped[int] = mapped_column(BigInteger)  # last 30-second step whose code was used: none works twice
    changed_at: Mapped[datetime] = mapped_column(Moment)


class RecoveryCode(Base):
    """A code that replaces the second factor once. Only its keyed hash is stored."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)


class SignInLink(Base):
    """A one-time link to set an account's password, and perhaps a new second factor."""

    __tablename__ = "sign_in_links"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    secret: Mapped[bytes | None]  # the new encrypted secret; None if the account keeps its own
    failed: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # wrong codes
    expires_at: Mapped[datetime] = mapped_column(Moment)


class StaffSession(Base):
    """A browser in which somebody is signed in. Only the hash of the session's id is stored.

    `address` is a network, not a single machine.
    """

    __tablename__ = "staff_sessions"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    factor_at: Mapped[datetime] = mapped_column(Moment)  # when a second-factor code was last entered
    failed_before: Mapped[int]  # failed tries since the previous sign-in
    address: Mapped[str] = mapped_column(String(48))


class SignInFailure(Base):
    """The number of failed tries at an account, from an address, or both. The key is a keyed hash."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index(None, "at"),)

    key: Mapped[bytes] = mapped_column(primary_key=True)
    failed: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)  # time of the last failure


class Grant(Base):
    """A permission of an account in a province ("": the whole Region)."""

    __tablename__ = "grants"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(16), primary_key=True)
    province: Mapped[str] = mapped_column(String(8), primary_key=True)


class ApiToken(Base):
    """A token that a client sends to use /v1. Only its hash is stored. `used_at` is rounded down to the hour."""

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
    """A permission of an API token in a province ("": the whole Region)."""

    __tablename__ = "token_grants"

    token_id: Mapped[int] = mapped_column(ForeignKey("api_tokens.id"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(16), primary_key=True)
    province: Mapped[str] = mapped_column(String(8), primary_key=True)
