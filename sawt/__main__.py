"""The command `sawt`: run the service, and one group of commands for each kind of thing staff work with."""

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
from sawt.cli.visible import print_error, print_line, replace_unprintable
from sawt.demo import environment


class Commands(LazyGroup):
    """All commands of `sawt`, in the order in which `sawt --help` lists them."""

    table: ClassVar[Mapping[str, tuple[str, str]]] = {
        "login": ("sawt.cli.system.login:login", "Sign in to a service: name, password and a code of your app."),
        "logout": ("sawt.cli.system.login:logout", "Sign out, and forget the service on this machine."),
        "whoami": ("sawt.cli.system.login:whoami", "Show who is signed in, where, and with which rights."),
        "confirm": ("sawt.cli.system.login:confirm", "Enter a fresh code of your app, for commands that need one."),
        "today": (
            "sawt.cli.system.today:today",
            ("Show what waits for staff: roads, campaigns, ideas, proposals, letters, late milestones, meetings."),
        ),
        "invite": (
            "sawt.cli.outreach.invite:invite",
            "Invite everyone who consented and was not invited yet; shows how many people and the price first.",
        ),
        "results": ("sawt.cli.voting.results:results", "Count the answers per option, province, language and channel."),
        "serve": ("sawt.cli.system.serve:serve", "Serve residents and staff until stopped."),
        "migrate": ("sawt.cli.system.migrate:migrate", "Upgrade the database schema to the newest version."),
        "demo": (
            "sawt.cli.system.demo:demo",
            "Serve with the rehearsal network: a web page with two feature phones and two Telegram phones.",
        ),
        "keys": (
            "sawt.cli.system.keys:keys",
            "Generate a set of keys: paste the line after SAWT_KEYS= in .env, keep it secret and back it up.",
        ),
        "doctor": ("sawt.cli.system.doctor:doctor", "Check every setting and report what is missing or wrong."),
        "campaign": ("sawt.cli.outreach.campaigns:campaign", "Prepare, launch and follow messages to many people."),
        "audit": ("sawt.cli.people.audit:audit", "List, export and verify the record of staff acts."),
        "commitment": (
            "sawt.cli.people.commitments:commitment",
            "Record the Council's commitments and progress; publish updates.",
        ),
        "consultation": (
            "sawt.cli.voting.consultations:consultation",
            "Ask residents questions between an opening and a closing time.",
        ),
        "answers": (
            "sawt.cli.voting.answers:answers",
            "Read, search, tag and export answers in people's own words, once a consultation is closed.",
        ),
        "clock": ("sawt.cli.system.clock:clock", "See whether a clock has jumped, and confirm the time."),
        "agent": ("sawt.cli.people.agents:agent", "Manage agents of associations, who answer on behalf of people."),
        "desk": ("sawt.cli.people.desk:desk", "Read and answer residents' letters to the staff."),
        "idea": ("sawt.cli.people.ideas:idea", "Moderate residents' ideas; their authors are notified at each step."),
        "lanes": ("sawt.cli.system.lanes:lanes", "See how fast each road sends, and resume one that rests."),
        "meeting": (
            "sawt.cli.outreach.meetings:meeting",
            "Organise meetings; registered residents are notified of changes.",
        ),
        "roads": ("sawt.cli.system.roads:roads", "List the roads that messages take, and test each of them."),
        "messages": ("sawt.cli.outreach.messages:messages", "Read and correct the texts that residents receive."),
        "places": (
            "sawt.cli.system.places:places",
            "List the provinces, or the communes of one: codes and names; commands accept either.",
        ),
        "proposal": ("sawt.cli.people.proposals:proposal", "Publish proposals; authors of their ideas are notified."),
        "resident": ("sawt.cli.people.residents:resident", "Show or erase a resident, or undo a merge."),
        "round": (
            "sawt.cli.voting.rounds:round_",
            "Prepare a vote on proposals; list, open and close it with `sawt consultation`.",
        ),
        "rules": ("sawt.cli.system.rules:rules", "Read and set thresholds, prices and budgets."),
        "staff": ("sawt.cli.people.staff:staff", "Manage staff accounts and their rights."),
        "themes": (
            "sawt.cli.system.places:themes",
            "List the themes of ideas, proposals and meetings: codes and names.",
        ),
        "tokens": ("sawt.cli.people.tokens:tokens", "Manage tokens for clients of the JSON API."),
        "vault": ("sawt.cli.system.vault:vault", "List the vault's folders, and remove a lost one."),
        "words": ("sawt.cli.voting.words:words", "Review replies that were not understood; assign them to options."),
    }


cli = typer.Typer(
    cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, help=__doc__
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print_line(f"sawt {version('sawt')}")
        raise typer.Exit


@cli.callback()
def _sawt(
    demo: Annotated[bool, typer.Option("--demo", help="use the data of `sawt demo`")] = False,
    demo_in: Annotated[str, typer.Option(help="use the data of `sawt demo --folder DIR`", metavar="FOLDER")] = "",
    _version: Annotated[
        bool, typer.Option("--version", help="print the version and exit", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Choose the data for the command that follows: this installation's data or, with `--demo`, a demonstration's."""
    if demo or demo_in:
        environment.use(Path(demo_in) if demo_in else environment.FOLDER)


def main() -> None:
    """Run the command that was typed. An error of Sawt is printed as one sentence.

    The exit code is then 1, or 2 if the setup must be repaired.
    """
    replace_unprintable()
    os.umask(0o077)  # only the owner may read databases, exports and logs
    try:
        cli()
    except SawtError as error:
        print_error(str(error))
        sys.exit(2 if isinstance(error, WrongSetup) else 1)


if __name__ == "__main__":
    main()
