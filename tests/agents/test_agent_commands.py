"""`sawt agent`, as signed-in staff manage agents in a terminal."""

from __future__ import annotations

from tests.terminal import Terminal


async def test_an_agent_is_registered_freed_and_ended(terminal: Terminal) -> None:
    created = await terminal("agent", "create", "Amal", "--limit", "40", "--province", "Tétouan")
    assert "AGENT" in created.stderr
    assert created.stdout.strip().isdecimal()
    listed = (await terminal("agent", "list")).stdout
    assert all(word in listed for word in ("Amal", "active", "01.571", "40"))
    assert created.stdout.strip() not in listed
    assert "no phone" in await terminal.refused("agent", "free", "1")
    assert "pass --yes" in await terminal.refused("agent", "void", "1", "plan")  # not a terminal: nobody can confirm
    assert "Ballots withdrawn: 0." in (await terminal("agent", "void", "1", "plan", "--yes")).stderr
    assert "Agent 1 is ended." in (await terminal("agent", "end", "1", who="idir")).stderr


async def test_what_is_wrong_is_one_sentence(terminal: Terminal) -> None:
    for words, expected in (
        (("create", "Amal", "--limit", "0"), "greater than or equal to 1"),
        (("create", "Amal", "--province", "99.999"), "no province 99.999"),
        (("end", "3"), "there is no agent 3"),
        (("void", "3", "plan", "--yes"), "there is no agent 3"),
    ):
        sentence = await terminal.refused("agent", *words)
        assert expected in sentence, words
        assert len(sentence.splitlines()) == 1, words
