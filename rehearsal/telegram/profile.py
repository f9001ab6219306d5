"""The Bot API methods about the bot itself: its commands, name and descriptions."""

import json
import re
from collections.abc import Callable
from typing import Any

from rehearsal.telegram.bot import BotServer
from rehearsal.telegram.errors import bad_request
from rehearsal.telegram.params import Params

Method = Callable[[BotServer, Params], Any]
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")  # Bot API, BotCommand
_LANGUAGE = re.compile(r"[a-z]{2}|")  # two-letter ISO 639-1 or nothing


def set_commands(bot: BotServer, params: Params) -> bool:
    """Execute setMyCommands. Up to 100 commands are accepted, each with a description of 1 to 256 characters."""
    commands = params.decoded("commands") or []
    if not isinstance(commands, list) or len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for one in commands:
        if not isinstance(one, dict) or not _COMMAND.fullmatch(str(one.get("command", "")).removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(one.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return _store(bot, _key("commands", params), commands)


def get_commands(bot: BotServer, params: Params) -> Any:
    """Execute getMyCommands."""
    return bot.profile.get(_key("commands", params), [])


def delete_commands(bot: BotServer, params: Params) -> bool:
    """Execute deleteMyCommands."""
    return _store(bot, _key("commands", params), [])


def setter(field: str, longest: int) -> Method:
    """Return a Bot API method that sets one of the bot's texts. `longest` is the maximum number of characters."""

    def carry_out(bot: BotServer, params: Params) -> bool:
        if len(params.text(field)) > longest:
            raise bad_request(f"{field} is too long")
        return _store(bot, _key(field, params), params.text(field))

    return carry_out


def getter(field: str) -> Method:
    """Return a Bot API method that reads one of the bot's texts in a language, or else the default text."""

    def carry_out(bot: BotServer, params: Params) -> dict[str, str]:
        return {field: bot.profile.get(_key(field, params)) or bot.profile.get(f"{field}  ") or ""}

    return carry_out


def _key(field: str, params: Params) -> str:
    language, scope = params.text("language_code"), params.decoded("scope")
    if not _LANGUAGE.fullmatch(language):
        raise bad_request("LANG_CODE_INVALID")
    return f"{field} {language} {json.dumps(scope, sort_keys=True) if scope else ''}"


def _store(bot: BotServer, key: str, value: Any) -> bool:
    bot.profile[key] = value
    bot.journal.write("bot", key, value)
    return True
