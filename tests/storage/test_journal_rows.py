"""What a journal of the release before held is all there after the migration, counts as it did, and goes back again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, insert, select

from bot.model import Image, Job, Measure, Operation, RuleKind, State
from storage import migrations
from storage.journal import open_journal
from storage.journal.database import Database, open_database
from storage.journal.documents import micros, read_job, write_job
from storage.schema import jobs as table
from tests.contracts.stores import NOW, a_job, a_limit, images_used
from tests.storage.ledger import differences

OLDER = NOW - timedelta(hours=5)
NEW_SINCE = ("account", "estimate", "weight", "approved", "paused", "paused_until")
"""Fields of a job that the release before did not write."""
IMAGE = Image(index=1, key="o", shown="s", thumbnail="t", digest="0", media_type="image/png", width=8, height=8, bytes=9)
ADA = "playground:home:ada"


@pytest.fixture(params=["sqlite", "postgres"])
def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/limner.db" if request.param == "sqlite" else request.getfixturevalue("blank_postgres_url")


def an_old_job(identity: str, state: State, *, count: int = 2, **changes: Any) -> tuple[Job, int]:
    """A job and what it was charged with."""
    job = replace(a_job(identity, count=count, state=state, created=OLDER), **changes)
    counts = (state.counts or state is State.HELD) and not job.reuse
    return job, (len(job.images) if state is State.DELIVERED else count) if counts else 0


UPSCALE = replace(a_job("x").request, operation=Operation.UPSCALE)
JOBS = (
    an_old_job("queued", State.QUEUED),
    an_old_job("held", State.HELD, count=3),
    an_old_job("delivered", State.DELIVERED, images=(IMAGE,), cost=Decimal("0.04"), finished=NOW),
    an_old_job("shown", State.GENERATED, cost=Decimal("0.1"), request=UPSCALE, fitted=UPSCALE, count=1),
    an_old_job("failed", State.FAILED, cost=Decimal("0.0000005")),
    an_old_job("dear", State.DELIVERED, images=(IMAGE, IMAGE), cost=Decimal("17.29")),
    an_old_job("cancelled", State.CANCELLED, ticket="t1", attempts=1),
    an_old_job("again", State.DELIVERED, images=(IMAGE,), reuse="delivered", cost=Decimal(0)),
)


async def test_rows_of_the_release_before_count_as_they_did_and_go_back(blank_url: str) -> None:
    async with open_database(blank_url) as database:
        await database.write(lambda connection: command.upgrade(_config(connection), "0003"))
        await database.write(_fill)
        before = await _all(database, "jobs", "rules", "preferences")
        await database.write(lambda connection: command.upgrade(_config(connection), "head"))
        await _look(blank_url, database)
        await database.write(lambda connection: command.downgrade(_config(connection), "0003"))
        after = await _all(database, "jobs", "rules", "preferences")
        # What a held job was charged with is asked anew when it is let go; of rules that took each other's place the last is left.
        held = [row | {"charge": 0} if row["state"] == "held" else row for row in before["jobs"]]
        assert after["jobs"] == held
        assert [_plain(row) for row in after["rules"]] == [
            ("quota", ADA, "day", 20),
            ("quota", ADA, "month", None),
            ("reset", ADA, None, None),
        ]
        assert after["preferences"] == before["preferences"]
        await database.write(lambda connection: command.upgrade(_config(connection), "head"))
        await _look(blank_url, database)


async def _look(url: str, database: Database) -> None:
    async with open_journal(url, migrate=False, now=lambda: NOW) as journal:
        assert await images_used(journal) == 2 + 1 + 1 + 2, "queued, delivered, shown, dear"
        cost = replace(a_limit(0), measure=Measure.MONEY)
        assert await journal.usage([cost, replace(cost, team=True)]) == [17_430_000, 17_430_001]
        assert await journal.usage([replace(a_limit(0), operation="upscale")]) == [1]
        assert {job.id for job in await journal.recent(person=JOBS[0][0].person)} == {job.id for job, _ in JOBS}
        rules = await journal.rules([f"person:{ADA}", "workspace:playground:home", "channel:playground:home:brand"])
        assert {(rule.kind, rule.slot, rule.value) for rule in rules} == {
            (RuleKind.QUOTA, "images/day", "20"),
            (RuleKind.QUOTA, "images/month", "unlimited"),
            (RuleKind.RESET, "", "done"),
            (RuleKind.OPTION, "model", "sketch"),
            (RuleKind.OPTION, "delivery", "channel"),
        }
        assert len(await journal.rules_of("playground:home")) == len(rules)
    rows = await database.read(lambda connection: connection.execute(select(table)).mappings().all())
    for row in rows:
        charge = read_job(row["document"]).charge
        assert (row["charge"], row["money"], row["spent"]) == (charge.images, charge.money, charge.spent), row["id"]
        assert row["counted"] == row["paid"] == row["created"]
    assert await database.write(differences) == []


def _plain(row: Mapping[str, Any]) -> tuple[object, ...]:
    return row["kind"], row["subject"], row["window"], row["amount"]


def _fill(connection: Connection) -> None:
    old = MetaData()
    old.reflect(connection)
    connection.execute(insert(old.tables["jobs"]), [_old_row(job, charge) for job, charge in JOBS])
    quota = {"subject": ADA, "by": "playground:home:boss"}
    said = [("quota", "day", 10), ("quota", "day", 20), ("quota", "month", None), ("reset", None, None)]
    rows = [
        {**quota, "kind": kind, "window": window, "amount": amount, "created": micros(OLDER) + number}
        for number, (kind, window, amount) in enumerate(said)
    ]
    connection.execute(insert(old.tables["rules"]), rows)
    places = [("playground:home", "model", "sketch"), ("playground:home:brand", "delivery", "channel")]
    connection.execute(
        insert(old.tables["preferences"]),
        [{"subject": place, "name": name, "value": value, "by": "boss", "changed": micros(OLDER)} for place, name, value in places],
    )


def _old_row(job: Job, charge: int) -> dict[str, object]:
    document = {name: value for name, value in json.loads(write_job(job)).items() if name not in NEW_SINCE}
    return {
        "id": job.id,
        "person": job.person.key,
        "platform": "playground",
        "workspace": "home",
        "channel": "general",
        "state": job.state.value,
        "live": int(not job.state.over),
        "version": 1,
        "provider": "sketch",
        "model": "sketch",
        "priority": 0,
        "charge": charge,
        "created": micros(job.created),
        "changed": micros(job.changed),
        "finished": micros(job.finished) if job.finished else None,
        "deadline": micros(job.deadline),
        "document": json.dumps(document),
    }


async def _all(database: Database, *names: str) -> dict[str, list[dict[str, object]]]:
    def rows(connection: Connection, name: str) -> Sequence[dict[str, object]]:
        found = connection.exec_driver_sql(f"SELECT * FROM {name} ORDER BY 1, 2, 3").mappings()  # noqa: S608 - three tables of ours
        # A rule had a number, which is given anew.
        return [{key: value for key, value in row.items() if key != "id" or name == "jobs"} for row in found]

    return {name: sorted(await database.read(lambda connection, name=name: rows(connection, name)), key=str) for name in names}


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    return config
