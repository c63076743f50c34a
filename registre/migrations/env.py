"""What alembic runs: on the connection it is given, inside its transaction."""

from alembic import context

from registre.schema import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Passer par « python -m registre migrer », qui connaît l’adresse du registre.")
# SQLite's tables are made and changed inside a transaction too, once the driver no longer ends it by itself.
context.configure(
    connection=connection, target_metadata=metadata, transactional_ddl=True, render_as_batch=True, compare_type=True
)
with context.begin_transaction():
    context.run_migrations()
