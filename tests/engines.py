"""Shares one dialect among all engines of a kind, so that a statement is compiled once per process, not per test."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from api import db

_firsts: dict[str, AsyncEngine] = {}


def share() -> None:
    """Let every database of this process use the compiled statements of the first connected one."""
    db._engine = _sharing(db._engine)


def _sharing(make: Callable[[str, int], AsyncEngine]) -> Callable[[str, int], AsyncEngine]:
    def shared(url: str, pool_size: int) -> AsyncEngine:
        engine = make(url, pool_size)
        first = _firsts.get(engine.dialect.name)
        if first is None or first.dialect.server_version_info is None:  # never connected
            _firsts[engine.dialect.name] = engine
            return engine
        engine.sync_engine.dialect = first.sync_engine.dialect
        engine.sync_engine._compiled_cache = first.sync_engine._compiled_cache
        return engine

    return shared
