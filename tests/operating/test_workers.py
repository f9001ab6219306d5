"""Server processes: slow ones get time, a dead one is restarted, and hopeless restarts end."""

from __future__ import annotations

import signal
from typing import Any, ClassVar

import pytest
import uvicorn
from uvicorn.config import STARTUP_FAILURE

from api.errors import Invalid, WrongSetup
from sawt import serve
from sawt.serve import application, serve_many
from sawt.server import workers
from sawt.server.workers import TRIES, Workers
from tests.server import free_socket


class _Alive:
    def __init__(self, process: Process) -> None:
        self._process = process

    def is_alive(self) -> bool:
        return self._process.exitcode is None


class Process:
    """A fake process that dies with a code, serves, or is still starting."""

    fates: ClassVar[list[int | str]] = []  # of the next processes, in order
    created: ClassVar[list[Process]] = []

    def __init__(self, *_given: Any) -> None:
        self.fate = self.fates.pop(0) if self.fates else "serves"
        self.pid = len(self.created) + 1
        self.created.append(self)
        self.killed = self.asked = False
        self.process = _Alive(self)

    @property
    def exitcode(self) -> int | None:
        return self.fate if isinstance(self.fate, int) else None

    @property
    def parent_conn(self) -> Process:
        """Its end of the pipe, which replies at once or never."""
        return self

    def send(self, _said: bytes) -> None:
        self.asked = True

    def poll(self, _seconds: float = 0.0) -> bool:
        return self.asked and self.fate in ("serves", "starts")

    def recv(self) -> bool:
        self.asked = False
        return self.fate == "serves"

    def start(self) -> None: ...

    def kill(self) -> None:
        self.killed = True

    def join(self) -> None: ...


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch) -> Workers:
    monkeypatch.setattr(workers, "Process", Process)
    monkeypatch.setattr("uvicorn.supervisors.multiprocess.Process", Process)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(Process, "created", [])
    monkeypatch.setattr(workers, "_LOOK", 0.0)
    return Workers(uvicorn.Config("x:y", workers=2, log_config=None, timeout_worker_healthcheck=60), [])


def looks(supervisor: Workers, *fates: int | str, times: int = 1) -> None:
    Process.fates = list(fates)
    if not supervisor.processes:
        supervisor.init_processes()
    for _ in range(times):
        supervisor.keep_subprocess_alive()


def test_one_that_cannot_start_ends_all(supervisor: Workers, capsys: pytest.CaptureFixture[str]) -> None:
    looks(supervisor, STARTUP_FAILURE, "starts")
    assert (supervisor.failed, supervisor.should_exit.is_set(), len(Process.created)) == (True, True, 2)
    assert "serve.worker_died" in "".join(capsys.readouterr())


def test_what_dies_again_and_again_before_it_serves_ends_all(supervisor: Workers) -> None:
    looks(supervisor, *[1] * 50, times=20)
    assert supervisor.failed
    assert len(Process.created) == 2 + TRIES - 1


def test_a_slow_one_is_waited_for_and_one_that_served_is_started_again(supervisor: Workers) -> None:
    looks(supervisor, "starts", "serves", times=20)
    assert [each.killed for each in Process.created] == [False, False]
    Process.created[0].fate = "serves"
    looks(supervisor, times=2)
    for _ in range(2 * TRIES):  # killed now and then while it serves
        supervisor.processes[0].fate = -9  # type: ignore[attr-defined]
        looks(supervisor, times=2)
    assert not supervisor.failed
    assert len(Process.created) == 2 + 2 * TRIES


def test_one_that_answers_no_more_is_killed(supervisor: Workers) -> None:
    looks(supervisor, "serves", "serves")
    supervisor.config.timeout_worker_healthcheck = 0
    supervisor.processes[1].fate = "hangs"  # type: ignore[attr-defined]
    looks(supervisor)
    assert [each.killed for each in Process.created] == [False, True, False]


def test_a_signal_is_heard_while_one_is_starting(supervisor: Workers) -> None:
    looks(supervisor, "serves", "hangs", times=0)
    supervisor.signal_queue.append(signal.SIGTERM)
    looks(supervisor)  # would wait a minute
    assert [each.killed for each in Process.created] == [False, False]


def test_workers_are_given_time_to_start_and_the_command_says_that_none_did(monkeypatch: pytest.MonkeyPatch) -> None:
    created: list[Workers] = []

    def run(self: Workers) -> None:
        created.append(self)
        self.failed = True

    monkeypatch.setattr(Workers, "run", run)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with free_socket() as on, pytest.raises(WrongSetup, match="cannot start"):
        serve_many(on, 2)
    config = created[0].config
    assert (config.app, config.workers) == ("sawt.serve:application", 2)
    assert config.timeout_worker_healthcheck >= 60


@pytest.mark.parametrize(
    ("error", "said"), [(Invalid("SAWT_VAULT: missing"), "SAWT_VAULT: missing"), (KeyError("secret"), "KeyError")]
)
def test_a_worker_that_cannot_start_says_why(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise error

    monkeypatch.setattr(serve, "configured", broken)
    monkeypatch.setattr(serve.logs, "configure", lambda _level: None)
    with pytest.raises(SystemExit) as ended:
        application()
    printed = "".join(capsys.readouterr())
    assert ended.value.code == STARTUP_FAILURE
    assert said in printed
    assert "secret" not in printed
