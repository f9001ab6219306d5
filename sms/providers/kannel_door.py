"""How a request proves that it is Kannel's: by a shared secret in its query, and by the address it comes from."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address

from fastapi import Request

from api.web.http import Refusals

Address = IPv4Address | IPv6Address


class Door:
    """Opens to Kannel only; whom it does not open to is counted."""

    def __init__(self, *, secret: str, addresses: Iterable[Address]) -> None:
        """With no secret it opens to nobody; with no addresses, to whoever knows the secret."""
        self.secret = secret
        self._addresses = frozenset(map(_plain, addresses))
        self._refusals = Refusals("kannel")

    def opens(self, request: Request) -> bool:
        """Whether this is Kannel. Its `get-url` has no other place than the query for a secret."""
        given = request.query_params.get("secret", "").encode("utf-8", "replace")
        known = bool(self.secret) and hmac.compare_digest(given, self.secret.encode())
        if known and self._near(request):
            return True
        self._refusals.note()
        return False

    def _near(self, request: Request) -> bool:
        if not self._addresses:
            return True
        try:
            return request.client is not None and _plain(ip_address(request.client.host)) in self._addresses
        except ValueError:  # a socket without an IP address
            return False


def _plain(address: Address) -> Address:
    """An IPv4 address as such, also where a socket for both kinds shows it as ::ffff:127.0.0.1 (RFC 4291, 2.5.5.2)."""
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address
