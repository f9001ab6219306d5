"""Groups to which people add the bot: what it writes there, and whether it has left."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Group:
    """A group with the bot, until it leaves (`left`); `said` has the texts that the bot wrote."""

    id: int
    title: str = "Les voisins"
    said: list[str] = field(default_factory=list)
    left: bool = False

    def chat(self) -> dict[str, Any]:
        """Return the group's Chat object of the Bot API."""
        return {"id": self.id, "type": "group", "title": self.title}
