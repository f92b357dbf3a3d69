"""The environment in which Alembic runs a migration: the connection that `upgrade` was given, and the tables as they should be."""

from alembic import context

from storage.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
