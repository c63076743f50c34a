"""From one schema to the next, by alembic, in one transaction: an interrupted migration leaves the former schema.

Alembic is imported where it is used: a register that is at the present schema opens without it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

VERSIONS = Path(__file__).parent / "versions"


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's settings, on an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("version_locations", str(VERSIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    return config


def current(connection: Connection) -> str | None:
    """The schema of a database, None when it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def known(schema: str) -> bool:
    """Whether this version of the application knows a schema."""
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    try:
        return ScriptDirectory.from_config(configuration()).get_revision(schema) is not None
    except CommandError:
        return False


def upgrade(connection: Connection, schema: str = "head") -> None:
    """Bring a database to a schema, within the transaction of its connection."""
    from alembic import command

    command.upgrade(configuration(connection), schema)


def gap(connection: Connection) -> list[object]:
    """What separates the tables of a database from those of ``registre.schema``; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from registre.schema import metadata

    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))
