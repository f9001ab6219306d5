"""A provider without its secret prevents the service from starting, and one sentence names it."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from api.errors import Invalid
from api.settings import Settings
from sawt.__main__ import cli
from sawt.cli.system import serve
from sawt.compose import compose
from sawt.doctor.provider_checks import twilio
from sawt.provider_proofs import require_proofs
from tests.world import KEYS

WHOLE = {
    "twilio_account_sid": "AC" + "0" * 32, "twilio_auth_token": "a-token",
    "kannel_url": "http://127.0.0.1:13013/cgi-bin/sendsms", "kannel_password": "a-word", "kannel_secret": "a-secret",
    "telegram_token": "1000000001:abcdefghijklmnopqrstuvwxyz012345", "telegram_secret": "a-header",
}  # fmt: skip
OFF = {"twilio_account_sid": "", "kannel_url": "", "telegram_token": ""}
PROOFS = ("twilio_auth_token", "kannel_secret", "kannel_password", "telegram_secret")


def configured(**changed: Any) -> Settings:
    return Settings(_env_file=None, keys=KEYS, database_url="sqlite+aiosqlite:///none.db", **{**WHOLE, **changed})


@pytest.mark.parametrize("blank", ["", "  ", "\t"])
@pytest.mark.parametrize("name", PROOFS)
def test_it_does_not_start_without_a_proof(name: str, blank: str) -> None:
    settings = configured(**{name: blank})
    if name == "telegram_secret" and not blank:
        require_proofs(settings)  # empty: updates are polled, so no secret is needed
        return
    with pytest.raises(Invalid, match=f"SAWT_{name.upper()}.*sawt doctor"):
        compose(settings)


@pytest.mark.parametrize("blank", ["", " "])
def test_an_empty_shared_key_is_no_proof(blank: str) -> None:
    settings = configured(twilio_shared_keys={"webhooks_sharedkey_1": "a-key", "webhooks_sharedkey_2": blank})
    with pytest.raises(Invalid, match="SAWT_TWILIO_SHARED_KEYS"):
        compose(settings)
    looked = twilio(settings)
    assert looked.ok is False
    assert "SAWT_TWILIO_SHARED_KEYS" in looked.words


@pytest.mark.parametrize("changed", [{}, {**OFF, **dict.fromkeys(PROOFS, "")}], ids=["all", "none"])
def test_it_starts_with_all_proofs_or_none_needed(changed: dict[str, str]) -> None:
    require_proofs(configured(**changed))


@pytest.mark.parametrize("processes", ["1", "3"])
def test_the_command_says_so_and_serves_nothing(monkeypatch: pytest.MonkeyPatch, processes: str) -> None:
    monkeypatch.setattr(serve, "configured", lambda: configured(twilio_auth_token=""))
    monkeypatch.setattr(serve.logs, "configure", lambda _level: None)
    served: list[Any] = []
    monkeypatch.setattr(serve, "serve_many", lambda *arguments: served.append(arguments))
    result = CliRunner().invoke(cli, ["serve", "--port", "1", "--processes", processes])
    assert isinstance(result.exception, Invalid)
    assert "SAWT_TWILIO_AUTH_TOKEN" in str(result.exception)
    assert served == []
