"""The command `sawt`: serve, migrate, demo, and a group of commands for each thing staff deal with."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, ClassVar

import typer

from api.errors import SawtError, WrongSetup
from sawt.cli.lazy import LazyGroup
from sawt.cli.visible import any_encoding, fault, told
from sawt.demo import environment


class Commands(LazyGroup):
    """Every command of `sawt`, in the order of its help."""

    table: ClassVar[Mapping[str, tuple[str, str]]] = {
        "today": (
            "sawt.cli.system.today:today",
            "Say what waits for staff: resting roads, campaigns, ideas, proposals, letters, late milestones, meetings.",
        ),
        "invite": (
            "sawt.cli.outreach.invite:invite",
            "Invite everyone who agreed and was not asked yet, after saying how many they are and at what price.",
        ),
        "results": ("sawt.cli.voting.results:results", "Count the answers per option, province, language and channel."),
        "serve": ("sawt.cli.system.serve:serve", "Serve residents and staff until stopped."),
        "migrate": ("sawt.cli.system.migrate:migrate", "Bring the database's tables to the newest form."),
        "demo": (
            "sawt.cli.system.demo:demo",
            "Serve with the rehearsal network: two feature phones and two Telegram phones on a page.",
        ),
        "keys": (
            "sawt.cli.system.keys:keys",
            "Make a new set of keys, to be kept secret and backed up: paste the line behind SAWT_KEYS= in .env.",
        ),
        "doctor": (
            "sawt.cli.system.doctor:doctor",
            "Say whether every setting is there and right, and what is missing.",
        ),
        "campaign": ("sawt.cli.outreach.campaigns:campaign", "Send something to many people, with care."),
        "commitment": (
            "sawt.cli.people.commitments:commitment",
            "What the Council has committed itself to, and how it stands.",
        ),
        "consultation": (
            "sawt.cli.voting.consultations:consultation",
            "Ask residents something, from one moment to another.",
        ),
        "answers": (
            "sawt.cli.voting.answers:answers",
            "Read, search, tag and export what people answered in their own words, once it is closed.",
        ),
        "clock": ("sawt.cli.system.clock:clock", "See whether a clock has jumped, and confirm the time."),
        "agent": ("sawt.cli.people.agents:agent", "Agents of associations, who answer for people one after another."),
        "desk": ("sawt.cli.people.desk:desk", "What residents wrote to the staff, and the answers."),
        "idea": ("sawt.cli.people.ideas:idea", "Moderate what residents send in; authors are told at each step."),
        "lanes": ("sawt.cli.system.lanes:lanes", "See how fast each channel sends, and open one that rests."),
        "meeting": (
            "sawt.cli.outreach.meetings:meeting",
            "Meet residents; whoever registered hears at once what changes.",
        ),
        "roads": ("sawt.cli.system.roads:roads", "See the ways out, and try each of them."),
        "messages": ("sawt.cli.outreach.messages:messages", "Read and correct the messages that residents read."),
        "places": (
            "sawt.cli.system.places:places",
            "List the provinces, or the communes of one: code and names. Both are taken wherever a place is asked for.",
        ),
        "proposal": ("sawt.cli.people.proposals:proposal", "Publish proposals; the authors of their ideas are told."),
        "resident": ("sawt.cli.people.residents:resident", "One person: see, erase, undo a merge."),
        "round": (
            "sawt.cli.voting.rounds:round_",
            "Vote on proposals; see, open and close it as a consultation: `sawt consultation list`.",
        ),
        "rules": ("sawt.cli.system.rules:rules", "Thresholds, prices and budgets: read them, set them."),
        "staff": ("sawt.cli.people.staff:staff", "Who works here: accounts, and what each may do."),
        "themes": (
            "sawt.cli.system.places:themes",
            "List the themes of ideas, proposals and meetings: code and names.",
        ),
        "tokens": ("sawt.cli.people.tokens:tokens", "What clients of the JSON API sign in with."),
        "vault": ("sawt.cli.system.vault:vault", "See the folders of the vault, and forget a broken one."),
        "words": ("sawt.cli.voting.words:words", "Review the words that nobody understood."),
    }


cli = typer.Typer(
    cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, help=__doc__
)


def _say_version(asked: bool) -> None:
    if asked:
        told(f"sawt {version('sawt')}")
        raise typer.Exit


@cli.callback()
def _sawt(
    demo: Annotated[bool, typer.Option("--demo", help="work on the demonstration of `sawt demo`")] = False,
    demo_in: Annotated[str, typer.Option(help="the same, where it was started with --folder", metavar="FOLDER")] = "",
    _version: Annotated[
        bool, typer.Option("--version", help="say which version this is", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    """Every command, for this installation or for the demonstration."""
    if demo or demo_in:
        environment.use(Path(demo_in) if demo_in else environment.FOLDER)


def main() -> None:
    """Run a command; what goes wrong is one sentence and exit code 1, or 2 where an operator must act."""
    any_encoding()
    os.umask(0o077)  # databases, exports and logs are their owner's alone
    try:
        cli()
    except SawtError as error:
        fault(str(error))
        sys.exit(2 if isinstance(error, WrongSetup) else 1)


if __name__ == "__main__":
    main()
