"""One comparison of a password for each try to sign in, whoever it is of."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, extract_parameters

from api.staff.passwords import Passwords


async def test_v6_3_8_a_wrong_name_takes_as_many_hashings_as_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also the first one of a process."""
    kept = await Passwords(64).hash("correct horse battery staple")
    compared: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, kept: str, password: str) -> bool:
        compared.append(kept)
        return verify(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    monkeypatch.delattr(PasswordHasher, "hash")
    passwords = Passwords(64)
    for each in (None, kept, None):
        assert not await passwords.matches(each, "a wrong password indeed")
    assert len(compared) == 3
    found, usual = (extract_parameters(each) for each in compared[:2])
    assert found == usual
