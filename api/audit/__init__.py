"""The record of staff acts: numbered rows linked by hashes, which nobody can change, and signed checkpoints of them."""

from api.audit.acts import add, listed, note
from api.audit.altered import altered
from api.audit.chain import changes
from api.audit.models import Act

__all__ = ["Act", "add", "altered", "changes", "listed", "note"]
