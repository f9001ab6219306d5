"""The record of staff acts: numbered rows that cannot be changed and are linked by hashes, and signed checkpoints."""

from api.audit.acts import add, listed, note
from api.audit.altered import altered
from api.audit.chain import changes
from api.audit.models import Act
from api.audit.writers import writers

__all__ = ["Act", "add", "altered", "changes", "listed", "note", "writers"]
