"""A text on its way from the phone to staff: written by SMS and on Telegram, closed, then read, tagged and exported."""

from __future__ import annotations

from tests.answers.talk import CODE, PATH, asking, closed, listed
from tests.api.office import call
from tests.people import joined
from tests.world import World

WRITTEN = {"sms": ("zgh", "ⴰⵎⴰⵏ ⵉ ⵓⵎⵔⴰⵢ"), "telegram": ("ar", "نريد ماء صالحا للشرب")}


async def test_what_residents_write_is_read_once_it_is_closed(own_world: World) -> None:
    people = {channel: await joined(own_world, channel, language) for channel, (language, _) in WRITTEN.items()}
    await own_world.open(asking())
    for channel, person in people.items():
        await person.say(CODE)
        await person.pick(1)
        await person.say(WRITTEN[channel][1])
    assert (await call(own_world, "GET", PATH)).status_code == 409
    await closed(own_world)
    answers = await listed(own_world)
    assert sorted(each["text"] for each in answers) == sorted(text for _, text in WRITTEN.values())
    [water] = await listed(own_world, search="aman")
    tagged = await call(own_world, "POST", f"/v1/answers/{water['number']}/tag", json={"tag": "eau"})
    assert tagged.json()["tags"] == ["eau"]
    assert (await call(own_world, "GET", f"{PATH}.csv", params={"tag": "eau"})).text.count("\r\n") == 2
