"""Adding a channel takes one file, and no change elsewhere."""

from __future__ import annotations

from pathlib import Path

import httpx

from api.app import create_app
from sawt.compose import compose
from tests.clock import MovingClock
from tests.consultations import main_consultation
from tests.journeys.toy_channel import ToyChannel
from tests.server import free_socket, serving
from tests.world import World, settings_for


def test_it_is_short() -> None:
    lines = Path(__file__).with_name("toy_channel.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 80


async def test_a_whole_conversation_goes_through_it(database_url: str) -> None:
    on, now = free_socket(), MovingClock()
    url = f"http://127.0.0.1:{on.getsockname()[1]}"
    settings = settings_for(database_url, url)
    service = compose(settings, now=now)
    toy = ToyChannel(service.dialogue, now)
    app = create_app(service.means, catalogs=service.dialogue.context.catalogs, channels=[toy])
    async with serving(app, on), httpx.AsyncClient(base_url=url) as http:
        world = World(url, settings, service, None, now, http)  # type: ignore[arg-type]  # no network: the toy is it
        await world.open(main_consultation())
        last = []
        for number, text in enumerate(("hello", "2", "1", "3", "2", "oui", "5", "une route")):
            last = (await http.post("/toy", json={"id": str(number), "who": "someone", "text": text})).json()
        assert last[0].endswith("| Changer | Menu")
        results = await world.results()
        assert (results.ballots, results.complete, results.groups["channel"]) == (1, 1, {"toy": None})
