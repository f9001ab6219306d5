"""The networks from which people sign in: in one form to count failures, and in a coarser form to show for sessions."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def network_of(address: str) -> str:
    """Return the network under which failed tries from an address are counted; "" if the address is invalid.

    For IPv4 it is the address itself, for IPv6 the /64 network of the customer (RFC 6177).
    """
    found = _read(address)
    if found is None:
        return ""
    return str(found if found.version == 4 else ip_network((found, 64), strict=False).network_address)


def coarse(address: str) -> str:
    """Return the network shown for a session, so that users recognise their own sessions."""
    found = _read(address)
    return "" if found is None else str(ip_network((found, 24 if found.version == 4 else 48), strict=False))


def _read(address: str) -> IPv4Address | IPv6Address | None:
    """Return the parsed address; None if it is invalid."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    # an IPv6 socket writes IPv4 as ::ffff:192.0.2.7; as IPv6, all of these would be one network
    return (found.ipv4_mapped or found) if found.version == 6 else found
