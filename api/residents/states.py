"""The states of residents and of their addresses."""

from __future__ import annotations

from enum import StrEnum


class ResidentState(StrEnum):
    """The state of a resident. A merged or erased row stays only because counts refer to it."""

    JOINING = "joining"
    ACTIVE = "active"
    DECLINED = "declined"
    STOPPED = "stopped"
    MERGED = "merged"
    ERASED = "erased"


class AddressState(StrEnum):
    """The state of an address. GONE means that the provider reports it as unreachable."""

    ACTIVE = "active"
    GONE = "gone"
    ERASED = "erased"  # only its hash is left
    REFUSED = "refused"  # its owner says it is a wrong number; only its hash is left
