"""Choose the network under which a client's connections are counted."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address


def network(address: str) -> str:
    """Return an IPv4 address itself, or the /64 network of an IPv6 address.

    One client usually has the whole network (RFC 6177).
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and not parsed.is_loopback:
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return address
