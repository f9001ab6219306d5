"""The table of Bot API methods, and the endpoint that checks each call, runs its method and returns the answer."""

from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from rehearsal.faults import Verdict
from rehearsal.server import Answer, Call, Endpoint, Provider
from rehearsal.telegram import attaching, profile, sending
from rehearsal.telegram.bot import BotServer
from rehearsal.telegram.errors import RefusedError, bad_request
from rehearsal.telegram.params import Params

_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
_HOOKED = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
_ABOUT_ME = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
_ABOUT_ME |= {"can_connect_to_business": False, "has_main_web_app": False}
_ACTIONS = frozenset({"typing", "upload_photo", "upload_document", "upload_video", "record_voice", "find_location"})


def _get_me(bot: BotServer, params: Params) -> dict[str, Any]:  # noqa: ARG001 - all methods look alike
    return bot.me | _ABOUT_ME


def _set_webhook(bot: BotServer, params: Params) -> bool:
    bot.courier.set(params)
    return True


def _delete_webhook(bot: BotServer, params: Params) -> bool:
    if params.flag("drop_pending_updates"):
        bot.updates.clear()
    bot.courier.remove()
    return True


def _webhook_info(bot: BotServer, params: Params) -> dict[str, Any]:  # noqa: ARG001
    return bot.courier.info()


def _answer_query(bot: BotServer, params: Params) -> bool:
    text = params.text("text")
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    user_id = bot.take_query(params.text("callback_query_id"))
    if user_id is None:
        raise bad_request(_TOO_OLD)
    if text:
        bot.users[user_id].toasts.append(text)
    bot.touch()
    return True


def _chat_action(bot: BotServer, params: Params) -> bool:
    sending.recipient(bot, params)
    if params.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def _accept(bot: BotServer, params: Params) -> bool:  # noqa: ARG001
    return True


_METHODS: dict[str, profile.Method] = {
    "getme": _get_me,
    "setwebhook": _set_webhook,
    "deletewebhook": _delete_webhook,
    "getwebhookinfo": _webhook_info,
    "sendmessage": sending.send_message,
    "sendphoto": sending.send_photo,
    "sendvenue": attaching.send_venue,
    "senddocument": attaching.send_document,
    "editmessagetext": sending.edit_text,
    "editmessagecaption": sending.edit_caption,
    "editmessagemedia": sending.edit_media,
    "editmessagereplymarkup": sending.edit_markup,
    "deletemessage": sending.delete,
    "leavechat": sending.leave,
    "sendchataction": _chat_action,
    "answercallbackquery": _answer_query,
    "setmycommands": profile.set_commands,
    "getmycommands": profile.get_commands,
    "deletemycommands": profile.delete_commands,
    "setmyname": profile.setter("name", 64),
    "getmyname": profile.getter("name"),
    "setmydescription": profile.setter("description", 512),
    "getmydescription": profile.getter("description"),
    "setmyshortdescription": profile.setter("short_description", 120),
    "getmyshortdescription": profile.getter("short_description"),
    "setchatmenubutton": _accept,
    "logout": _accept,
    "close": _accept,
}


def refuse(faults_retry_after: int, verdict: Verdict) -> Answer:
    """Return the Bot API's error for a simulated fault: 429 if calls are throttled, otherwise 500."""
    if verdict is Verdict.THROTTLE:
        sentence = f"Too Many Requests: retry after {faults_retry_after}"
        return RefusedError(429, sentence, retry_after=faults_retry_after).answer()
    return RefusedError(500, "Internal Server Error").answer()


class BotApi:
    """The endpoint `/telegram/bot{token}/{method}`. Method names are case-insensitive, as at Telegram."""

    def __init__(self, bot: BotServer) -> None:
        self._bot = bot

    def routes(self, provider: Provider) -> list[BaseRoute]:
        """Return the HTTP routes of the Bot API."""

        def method(request: Request) -> str:
            return str(request.path_params.get("method", "unknown"))

        endpoint = Endpoint(provider, method, self._call, waiting=frozenset({"getUpdates"}))
        return [Route("/bot{token}/{method}", endpoint), Route("/{rest:path}", endpoint)]

    async def _call(self, call: Call) -> Answer:
        try:
            return Answer(200, {"ok": True, "result": await self._carry_out(call)})
        except RefusedError as error:
            return error.answer()

    async def _carry_out(self, call: Call) -> Any:
        token = call.route.get("token", "")
        if token != self._bot.settings.bot_token:
            known = token.partition(":")[0].isdecimal() and ":" in token
            raise RefusedError(401, "Unauthorized") if known else RefusedError(404, "Not Found")
        name, params = call.name.lower(), Params(call.params, call.files)
        if name == "getupdates":
            return await self._poll(params)
        method = _METHODS.get(name)
        if method is None:
            raise RefusedError(404, "Not Found: method not found")
        result = method(self._bot, params)
        self._bot.courier.wake()
        return result

    async def _poll(self, params: Params) -> list[dict[str, Any]]:
        if self._bot.courier.hook.url:
            raise RefusedError(409, _HOOKED)
        return await self._bot.updates.poll(params, self._bot.settings.poll_ceiling)
