"""Groups that people add the bot to: what it says there, and whether it left."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Group:
    """A group with the bot in it until it leaves; `said` are the bot's messages there."""

    id: int
    title: str = "Les voisins"
    said: list[str] = field(default_factory=list)
    left: bool = False

    def chat(self) -> dict[str, Any]:
        """The Chat object of the Bot API."""
        return {"id": self.id, "type": "group", "title": self.title}
