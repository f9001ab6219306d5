"""The rehearsal as an ASGI application, to run on its own or mounted beside Sawt."""

from starlette.applications import Starlette

from rehearsal.exchange import Observer
from rehearsal.network import Network
from rehearsal.phones.routes import phone_routes
from rehearsal.settings import RehearsalSettings


def create_rehearsal(settings: RehearsalSettings, *, observe: Observer | None = None) -> Starlette:
    """Create the application; `app.state.network` controls it, and the host awaits that network's `aclose()` at the
    end.

    `observe` is called with every HTTP exchange in either direction. Nothing depends on lifespan events, which a
    mounted application does not receive.
    """
    network = Network(settings, observe)
    app = Starlette(routes=[*network.routes(), *phone_routes(network)])
    app.state.network = network
    return app
