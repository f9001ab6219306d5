"""Check the keyboard of a message as Telegram does."""

from typing import Any

from rehearsal.telegram.errors import bad_request
from rehearsal.telegram.params import Params

Rows = list[list[dict[str, Any]]]
_ACTIONS = (
    *("url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat"),
    *("switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay"),
)


def inline_rows(params: Params) -> Rows:
    """Return the rows of the inline keyboard in a call. Without such a keyboard, return an empty list.

    Raises `RefusedError` if the keyboard is malformed.
    """
    return _rows(params, "inline_keyboard", _inline)


def reply_rows(params: Params) -> Rows | None:
    """Return the rows of the reply keyboard in a call. If the call leaves the reply keyboard as it is, return None.

    Raises `RefusedError` if the keyboard is malformed.
    """
    markup = params.decoded("reply_markup")
    if isinstance(markup, dict) and markup.get("remove_keyboard"):
        return []  # the user's reply keyboard is removed
    return _rows(params, "keyboard", _plain) or None


def _rows(params: Params, kind: str, button: Any) -> Rows:
    markup = params.decoded("reply_markup")
    if markup is None:
        return []
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = markup.get(kind, [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{kind}" of the reply markup must be an Array of Arrays')
    return [[button(one) for one in row] for row in rows if row]


def _inline(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String')
    if not any(action in button for action in _ACTIONS):
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    size = len(data.encode("utf-8", "surrogatepass")) if isinstance(data, str) else 1
    if not 1 <= size <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
    if not button["text"].strip():
        raise bad_request("inline keyboard button text is empty")
    return dict(button)


def _plain(button: Any) -> dict[str, Any]:
    if isinstance(button, str):
        return {"text": button}
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request('can\'t parse keyboard button: Field "text" must be of type String')
    return dict(button)
