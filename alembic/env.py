"""Runs migrations on the connection that `sawt migrate` hands over, or compares the tables with the models."""

from alembic import context

from sawt.migrate import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
