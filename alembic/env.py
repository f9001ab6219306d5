"""Alembic's start file: run migrations, or compare tables with models, on the connection that the caller opened."""

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
