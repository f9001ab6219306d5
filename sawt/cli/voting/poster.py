"""`sawt consultation poster`: keyword, number, link and QR code for a consultation's poster."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Annotated

import segno
import typer

from api.consultations import service
from api.errors import Invalid
from api.settings import Settings
from sawt.cli.output_files import Overwrite, display_name, open_output
from sawt.cli.printing import Printer
from sawt.database import transact
from sawt.roads import number_of
from sawt.settings import configured

_out, _err = Printer(), Printer(stderr=True)


def poster(
    code: Annotated[str, typer.Argument(help="the consultation's code")],
    svg: Annotated[Path | None, typer.Option(help="write the QR code to this SVG file")] = None,
    overwrite: Overwrite = False,
) -> None:
    """Print what a poster needs: the keyword to text, the number, the Telegram link and its QR code."""
    consultation = transact(lambda session: service.get(session, code))
    settings = configured()
    number, link = number_of(settings), link_to(consultation.code, settings)
    if not number and not link:
        raise Invalid("there is no number and no bot to take part with. Try: sawt doctor")
    if number:
        _out.print(f"SMS: {consultation.code.upper()} to {number}")
    if link:
        _out.print(f"Telegram: {link}")
        _show(link, svg, overwrite=overwrite)


def link_to(code: str, settings: Settings) -> str:
    """Return the link that opens the Telegram bot at a consultation; return "" if no bot is configured.

    See https://core.telegram.org/bots/features#deep-linking.
    """
    bot = settings.telegram_bot.removeprefix("@")
    return f"https://t.me/{bot}?start={code}" if bot else ""


def _show(link: str, svg: Path | None, *, overwrite: bool) -> None:
    """Show a link as a QR code, on the terminal or in an SVG file.

    The code stays readable if a quarter of it is damaged (error correction Q).
    """
    qr = segno.make(link, error="q", micro=False)
    if svg is None:
        drawn = io.StringIO()
        qr.terminal(out=drawn, compact=True)
        _out.lines(drawn.getvalue(), indent="")
        return
    drawing = io.BytesIO()
    qr.save(drawing, kind="svg", scale=8)
    with open_output(svg, overwrite=overwrite) as out:
        out.write(drawing.getvalue().decode())
    _err.print(f"The QR code is written to {display_name(svg)}.")
