"""Check that a request comes from Kannel, by a shared secret in its query and by its address."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address

from fastapi import Request

from api.web.http import Refusals

Address = IPv4Address | IPv6Address


class KannelAuth:
    """Decides whether a request comes from Kannel. Refused requests are counted."""

    def __init__(self, *, secret: str, addresses: Iterable[Address]) -> None:
        """Set up the check. If `secret` is empty, every request is refused.

        Requests must come from one of the `addresses`. If none is given, any address will do.
        """
        self.secret = secret
        self._addresses = frozenset(map(_plain, addresses))
        self._refusals = Refusals("kannel")

    def accepts(self, request: Request) -> bool:
        """Return whether the request comes from Kannel.

        The secret is in the query, because Kannel's `get-url` cannot send it elsewhere.
        """
        secret = request.query_params.get("secret", "").encode("utf-8", "replace")
        is_known = bool(self.secret) and hmac.compare_digest(secret, self.secret.encode())
        if is_known and self._is_known_address(request):
            return True
        self._refusals.note()
        return False

    def _is_known_address(self, request: Request) -> bool:
        if not self._addresses:
            return True
        try:
            return request.client is not None and _plain(ip_address(request.client.host)) in self._addresses
        except ValueError:  # a socket without an IP address
            return False


def _plain(address: Address) -> Address:
    """Return the address in IPv4 form if possible."""
    # a dual-stack socket shows IPv4 addresses as ::ffff:127.0.0.1 (RFC 4291, 2.5.5.2)
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address
