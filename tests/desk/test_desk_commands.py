"""`sawt desk`, as signed-in staff read and answer letters in a terminal."""

from __future__ import annotations

from tests.campaigns.crowd import resident
from tests.staff.test_today import letter
from tests.terminal import Terminal
from tests.world import World


async def test_letters_are_read_answered_assigned_and_closed(quiet_world: World, terminal: Terminal) -> None:
    assert "none" in (await terminal("desk", "list")).stderr
    await letter(quiet_world, await resident(quiet_world))
    assert "open" in (await terminal("desk", "list", "--province", "Tétouan")).stdout
    assert "none" in (await terminal("desk", "list", "--province", "")).stderr
    assert "Letter 1 is now at the desk of the Region." in (await terminal("desk", "assign", "1", "")).stderr
    assert "the Region" in (await terminal("desk", "overview")).stdout
    assert "Letter 1 is answered." in (await terminal("desk", "answer", "1", "à 9 h", who="idir")).stderr
    read = await terminal("desk", "read", "1")
    assert "Letter 1 is answered, in fr, from resident 1." in read.stderr
    lines = read.stdout.splitlines()
    assert (lines[0].endswith(" le bus ?"), lines[1].endswith(" > idir: à 9 h")) == (True, True)
    assert "Letter 1 is closed." in (await terminal("desk", "close", "1")).stderr
    assert "closed" in (await terminal("desk", "list", "--state", "closed")).stdout


async def test_what_is_wrong_is_one_sentence(terminal: Terminal) -> None:
    for words, expected in (
        (("read", "9" * 20), "out of range"),
        (("assign", "1", "99.999"), "no province 99.999"),
        (("list", "--province", "nowhere"), "no province nowhere"),
        (("answer", "7", "oui"), "there is no letter 7"),
        (("answer", "7", " "), "text"),
        (("close", "7"), "there is no letter 7"),
    ):
        sentence = await terminal.refused("desk", *words)
        assert expected in sentence, words
        assert len(sentence.splitlines()) == 1, words
