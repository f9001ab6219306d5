"""Network addresses of whoever signs in, as back-off counts them and as sessions show them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def network_of(address: str) -> str:
    """Whose address it is: one of IPv4, or a network of IPv6, as who has one of those has all of it (RFC 6177)."""
    found = _read(address)
    if found is None:
        return ""
    return str(found if found.version == 4 else ip_network((found, 64), strict=False).network_address)


def coarse(address: str) -> str:
    """The network an address belongs to (/24 or /48): enough to know one's own sessions by."""
    found = _read(address)
    return "" if found is None else str(ip_network((found, 24 if found.version == 4 else 48), strict=False))


def _read(address: str) -> IPv4Address | IPv6Address | None:
    """An address; one of IPv4 that a socket of IPv6 writes as ::ffff:192.0.2.7 too, or all of IPv4 would be one."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if found.version == 6 else found
