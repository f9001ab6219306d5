"""Empties all caches of what was computed from a person's text, once the text has been answered."""

from __future__ import annotations

from typing import Protocol, TypeVar


class _Cached(Protocol):
    def cache_clear(self) -> None: ...


_CACHES: list[_Cached] = []
Cached = TypeVar("Cached", bound=_Cached)


def forgettable(cache: Cached) -> Cached:
    """Register a cache whose keys contain somebody's words, so that `forget` empties it. Return the cache."""
    _CACHES.append(cache)
    return cache


def forget() -> None:
    """Empty every registered cache."""
    for cache in _CACHES:
        cache.cache_clear()
