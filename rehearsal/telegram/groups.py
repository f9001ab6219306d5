"""Groups to which people add the bot: the texts that the bot writes there, and whether the bot has left."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Group:
    """A group to which the bot was added.

    `said` has the texts that the bot wrote; `left` is whether the bot has left.
    """

    id: int
    title: str = "Les voisins"
    said: list[str] = field(default_factory=list)
    left: bool = False

    def chat(self) -> dict[str, Any]:
        """Return the group as a Chat object of the Bot API."""
        return {"id": self.id, "type": "group", "title": self.title}
