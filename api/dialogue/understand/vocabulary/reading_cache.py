"""Caches of what is computed from a text while it is read; emptied once it is answered."""

from __future__ import annotations

from typing import Protocol, TypeVar


class _Cached(Protocol):
    def cache_clear(self) -> None: ...


_CACHES: list[_Cached] = []
Cached = TypeVar("Cached", bound=_Cached)


def forgettable(cache: Cached) -> Cached:
    """Mark a cache whose keys contain somebody's words, so that `forget` empties it."""
    _CACHES.append(cache)
    return cache


def forget() -> None:
    """Empty every marked cache."""
    for cache in _CACHES:
        cache.cache_clear()
