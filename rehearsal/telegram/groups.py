"""Groups to which people add the bot: what it says there, and whether it has left."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Group:
    """A group that has the bot until it leaves; `said` has the bot's messages."""

    id: int
    title: str = "Les voisins"
    said: list[str] = field(default_factory=list)
    left: bool = False

    def chat(self) -> dict[str, Any]:
        """Return the Chat object of the Bot API."""
        return {"id": self.id, "type": "group", "title": self.title}
