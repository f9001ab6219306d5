"""Builds the rehearsal as an ASGI application, to run alone or mounted beside Sawt."""

from starlette.applications import Starlette

from rehearsal.exchange import Observer
from rehearsal.network import Network
from rehearsal.phones.routes import phone_routes
from rehearsal.settings import RehearsalSettings


def create_rehearsal(settings: RehearsalSettings, *, observe: Observer | None = None) -> Starlette:
    """Return the application; `app.state.network` drives it, and the host awaits that network's `aclose()` at the end.

    `observe` is called with every HTTP exchange in either direction. Nothing here depends on lifespan events, which a
    mounted application does not get.
    """
    network = Network(settings, observe)
    app = Starlette(routes=[*network.routes(), *phone_routes(network)])
    app.state.network = network
    return app
