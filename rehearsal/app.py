"""The rehearsal as an ASGI application, to run alone or inside Sawt's server."""

from starlette.applications import Starlette

from rehearsal.exchange import Observer
from rehearsal.network import Network
from rehearsal.phones.routes import phone_routes
from rehearsal.settings import RehearsalSettings


def create_rehearsal(settings: RehearsalSettings, *, observe: Observer | None = None) -> Starlette:
    """Create the application of a rehearsal.

    `app.state.network` controls the rehearsal. At the end, the caller must await its `aclose()`. `observe` is called
    with every HTTP exchange in either direction.
    """
    network = Network(settings, observe)
    app = Starlette(routes=[*network.routes(), *phone_routes(network)])
    app.state.network = network  # the caller closes it: a mounted application receives no lifespan events
    return app
