"""The migrations make what the schema says, and the code knows the last of them."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from storage import migrations, schema
from storage.journal.database import open_database


@pytest.fixture(params=["sqlite", "postgres"])
def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/limner.db" if request.param == "sqlite" else request.getfixturevalue("blank_postgres_url")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    return config


def test_revisions_that_the_schema_names_are_those_there_are() -> None:
    scripts = list(ScriptDirectory.from_config(_config()).walk_revisions())
    assert tuple(script.revision for script in reversed(scripts)) == schema.REVISIONS


async def test_migrations_make_what_the_schema_says(blank_url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        migrations.upgrade(connection)
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        # Alembic does not compare the conditions of partial indices; the next test does.
        return list(compare_metadata(context, schema.metadata))

    async with open_database(blank_url) as database:
        assert await database.write(differences) == []


async def test_migrations_make_the_same_indices_as_the_schema(blank_url: str) -> None:
    def indices(connection: Connection) -> set[tuple[str, str]]:
        table, column = ("sqlite_master", "sql") if connection.dialect.name == "sqlite" else ("pg_indexes", "indexdef")
        name = "name" if table == "sqlite_master" else "indexname"
        found = connection.exec_driver_sql(f"SELECT {name}, {column} FROM {table} WHERE {name} LIKE 'ix_%'")  # noqa: S608 - two fixed tables
        return {(index, definition) for index, definition in found}

    async with open_database(blank_url) as database:
        await database.write(migrations.upgrade)
        migrated = await database.write(indices)
        await database.write(lambda connection: command.downgrade(_config(connection), "base"))
        assert await database.write(lambda connection: inspect(connection).get_table_names()) == ["alembic_version"]
        await database.write(schema.metadata.create_all)
        assert await database.write(indices) == migrated
        assert len(migrated) == len([index for table in schema.metadata.tables.values() for index in table.indexes])
