"""Only their owner can read the files that Sawt creates."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.world import KEYS


def test_a_database_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "SAWT_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/sawt.db",
        "SAWT_KEYS": KEYS,
    }
    subprocess.run([sys.executable, "-m", "sawt", "migrate"], env=environment, check=True, capture_output=True)
    modes = {path: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert tmp_path / "sawt.db" in modes
    assert [(path.name, mode) for path, mode in modes.items() if mode != (0o700 if path.is_dir() else 0o600)] == []
