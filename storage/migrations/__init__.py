"""Migrations bring a journal to the newest revision of the tables, with Alembic, inside the transaction that is handed to them."""

from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, inspect, text

from storage.schema import REVISIONS

Standing = Literal["current", "old", "newer"]
_LOCK = 0x6C696D6E6572
"""Any number that only we use: processes that start together migrate one after the other."""


def standing(connection: Connection) -> Standing:
    """How the journal's tables stand to this code; an empty database is old."""
    if not inspect(connection).has_table("alembic_version"):
        return "old"
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if found == REVISIONS[-1]:
        return "current"
    return "old" if found is None or found in REVISIONS else "newer"


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest revision, in the connection's transaction; does nothing where they are."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if standing(connection) != "old":
        return
    # Loaded only when there is work: Alembic costs more than all else at the start.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    # Alembic reads % as the start of a variable.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
