"""Choose the network under which a client's connections are counted."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address


def network(address: str) -> str:
    """Return an IPv4 address unchanged. For an IPv6 address, return its /64 network.

    A whole /64 network usually belongs to one client (RFC 6177).
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and not parsed.is_loopback:
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return address
