"""Runs migrations on the connection that `sawt migrate` hands over, or compares the tables with the models."""

from alembic import context

from api.campaigns import models as campaigns
from api.commitments import models as commitments
from api.consultations import models as consultations
from api.db import Base
from api.dialogue import models as dialogue
from api.messages import models as messages
from api.outbox import models as outbox
from api.residents import models as residents

# Importing them fills the metadata.
MODELS = (campaigns, commitments, consultations, dialogue, messages, outbox, residents)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
