"""What users can send besides text: voice messages, pictures, stickers, places and more."""

import secrets
from typing import Any

KINDS = ("voice", "photo", "sticker", "location", "video", "document", "dice", "contact", "audio", "video_note")


def content(kind: str, caption: str) -> dict[str, Any]:
    """Return the Message fields for a kind of content in `KINDS`. Raises LookupError for any other kind."""
    file = {"file_id": f"AwACAgQAAx{secrets.token_hex(16)}", "file_unique_id": secrets.token_hex(8)}
    size, length = {"width": 800, "height": 600}, {"duration": 4}
    contents: dict[str, Any] = {
        "voice": file | length,
        "photo": [file | size],
        "sticker": file | size | {"type": "regular", "is_animated": False, "is_video": False, "emoji": "👍"},
        "location": {"latitude": 35.7595, "longitude": -5.834},
        "video": file | size | length,
        "document": file | {"file_name": "lettre.pdf"},
        "dice": {"emoji": "🎲", "value": 3},
        "contact": {
            "phone_number": "+212600000077",
            "first_name": "Karim",
        },  # another person's contact: without a user id
        "audio": file | length,
        "video_note": file | length | {"length": 240},
    }
    return {kind: contents[kind]} | ({"caption": caption} if caption else {})
