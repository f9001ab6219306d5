"""Messages corrected by staff: effective at once in every process, checked, and reversible."""

from __future__ import annotations

import json

import pytest

from api.errors import Invalid, NotFound
from api.messages import service
from sawt.compose import catalogs, compose
from tests.api.office import as_staff
from tests.direct import DirectPerson
from tests.people import joined
from tests.terminal import Terminal
from tests.world import World

HEADERS = as_staff()


async def put(world: World, language: str, name: str, *forms: str) -> int:
    answer = await world.http.put(f"/v1/messages/{language}/{name}", json={"forms": list(forms)}, headers=HEADERS)
    return answer.status_code


async def test_a_correction_is_read_at_once_and_can_be_taken_back(own_world: World) -> None:
    person = await joined(own_world, "sms", "fr")
    assert await put(own_world, "fr", "help", "Appelez le 5757. RETOUR, STOP.") == 200
    await person.say("aide")
    assert person.heard.startswith("Appelez le 5757.")
    taken = await own_world.http.delete("/v1/messages/fr/help", headers=HEADERS)
    assert taken.json()["corrected"] is False
    await person.say("aide")
    assert person.heard.startswith(person.words("help"))


async def test_other_processes_learn_of_it_with_their_next_turn(quiet_world: World) -> None:
    other = compose(quiet_world.settings, now=quiet_world.now)
    person = DirectPerson.new(quiet_world, "sms", other.dialogue)
    for text in ("hello", "2", "1", "3"):
        await person.say(text)
    assert await put(quiet_world, "fr", "help", "Autre aide.") == 200
    await person.say("aide")
    assert person.heard.startswith("Autre aide.")
    await other.db.close()


async def test_plural_forms_are_corrected_together(own_world: World) -> None:
    forms = [f"شكل {place} {{title}} {{count}}" for place in range(6)]
    assert await put(own_world, "ar", "consultation.intro", *forms) == 200
    person = await joined(own_world, "sms", "ar")
    assert person.heard.startswith("شكل 3 ")
    assert await put(own_world, "ar", "consultation.intro", "شكل واحد {title}") == 422


@pytest.mark.parametrize(
    ("name", "form", "error"),
    [
        ("done", "Merci.", Invalid),  # its placeholder is missing
        ("help", "Aide {number}", Invalid),
        ("help", "Aide {0}", Invalid),
        ("done", "Merci {receipt!r}", Invalid),
        ("done", "Merci {receipt", Invalid),
        ("help", "   ", Invalid),
        ("help", "Ai\x00de", Invalid),
        ("help", "Ai\x0bde", Invalid),
        ("nothing.like.it", "Texte", NotFound),
    ],
)
async def test_what_would_break_a_sentence_is_refused(quiet_world: World, name: str, form: str, error: type) -> None:
    async with quiet_world.db.transaction() as session:
        with pytest.raises(error):
            await service.correct(
                session, catalogs(), name=name, language="fr", forms=[form], who="amina", now=quiet_world.now()
            )


async def test_the_list_says_what_each_costs_and_how_to_spare(quiet_world: World) -> None:
    assert await put(quiet_world, "fr", "polite", "À bientôt") == 200
    listed = (await quiet_world.http.get("/v1/messages?limit=500", headers=HEADERS)).json()["items"]
    message = next(each for each in listed if (each["name"], each["language"]) == ("polite", "fr"))
    sms = next(each for each in message["previews"] if each["channel"] == "sms")
    assert (message["corrected"], sms["encoding"], sms["culprits"], sms["proposal"]) == (
        True,
        "UCS-2",
        ["À", "ô"],
        "A bientot",
    )
    assert (await quiet_world.http.get("/v1/messages")).status_code == 401


async def test_by_the_command_line(terminal: Terminal) -> None:
    shown = (await terminal("messages", "list", "polite")).stdout
    assert "fr" in shown
    assert "corrected" not in shown
    assert await terminal.refused("messages", "list", "nothing") == "there is no message nothing"
    dear = ["messages", "set", "polite", "fr", "À bientôt, " * 20]
    assert "may take 1 SMS segment, and this text takes 4. To accept it" in await terminal.refused(*dear)
    changed = await terminal(*dear, "--anyway")
    assert "polite is corrected in fr. By SMS: 4 x UCS-2." in changed.stderr
    assert "A bientot" in changed.stdout
    rows = json.loads((await terminal("messages", "list", "polite", "--json")).stdout)
    assert [each["corrected"] for each in rows if each["language"] == "fr"] == [True]
    assert "catalog's text again" in (await terminal("messages", "reset", "polite", "fr")).stderr
    assert "no message polite in de" in await terminal.refused("messages", "set", "polite", "de", "danke")
