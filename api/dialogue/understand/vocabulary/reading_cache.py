"""What is remembered of a text while it is read, and forgotten once it is answered."""

from __future__ import annotations

from typing import Protocol, TypeVar


class _Cached(Protocol):
    def cache_clear(self) -> None: ...


_CACHES: list[_Cached] = []
Cached = TypeVar("Cached", bound=_Cached)


def forgotten(cached: Cached) -> Cached:
    """Mark a cache whose keys hold what somebody wrote: `forget` empties it."""
    _CACHES.append(cached)
    return cached


def forget() -> None:
    """Empty every cache that was marked."""
    for cached in _CACHES:
        cached.cache_clear()
