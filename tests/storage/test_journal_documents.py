"""Documents outlive the code that wrote them."""

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.errors import StoreFault
from bot.model import Person
from storage.journal import open_journal
from storage.journal.documents import micros, read_job, write_job
from tests.contracts.stores import NOW, a_job, enqueue


def test_field_that_an_older_document_lacks_is_its_default() -> None:
    document = json.loads(write_job(a_job("fox1")))
    for later in ("command", "resubmitted", "verdict", "images"):
        del document[later]
    del document["request"]["scale"]
    assert read_job(json.dumps(document)) == a_job("fox1")


def test_field_that_no_longer_is_is_passed_over() -> None:
    document = json.loads(write_job(a_job("fox1")))
    document["mood"] = "gone"
    document["person"]["shoe_size"] = 43
    assert read_job(json.dumps(document)) == a_job("fox1")


@pytest.mark.parametrize("document", ["", "{}", "[]", "null", '{"id": "fox1"}'])
def test_document_that_is_none_is_a_fault(document: str) -> None:
    with pytest.raises(StoreFault, match="newer Limner"):
        read_job(document)


def test_state_that_a_newer_limner_wrote_is_a_fault_without_the_prompt() -> None:
    with pytest.raises(StoreFault, match="state") as fault:
        read_job(write_job(a_job("fox1")).replace('"queued"', '"dreaming"'))
    assert "red fox" not in str(fault.value)


def test_broken_text_is_a_fault_and_not_a_crash() -> None:
    job = a_job("fox1")
    with pytest.raises(StoreFault, match="fox1"):
        write_job(replace(job, request=replace(job.request, prompt="half \ud800 pair")))


@pytest.mark.parametrize("person", ["half\ud800", "nul\0"])
async def test_key_that_a_database_cannot_hold_is_a_fault_or_is_held(person: str, postgres_url: str, tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/limner.db", postgres_url):
        async with open_journal(url, migrate=True) as journal:
            try:
                await journal.meet(Person(platform="p", workspace="w", id=person))
            except StoreFault:
                continue
            assert (await journal.person("p", "w", person)) is not None


async def test_statement_that_fails_does_not_tell_the_prompt(tmp_path: Path) -> None:
    async with open_journal(f"sqlite:///{tmp_path}/limner.db", migrate=True) as journal:
        await enqueue(journal, a_job("fox1"))
        with pytest.raises(StoreFault) as fault:
            await enqueue(journal, a_job("fox1"))
        assert "red fox" not in str(fault.value)
        assert len(await journal.recent()) == 1


async def test_columns_say_what_the_document_says(tmp_path: Path) -> None:
    async with open_journal(f"sqlite:///{tmp_path}/limner.db", migrate=True) as journal:
        await enqueue(journal, replace(a_job("fox1", count=3), due=NOW + timedelta(seconds=1)))
    file = sqlite3.connect(tmp_path / "limner.db")
    file.row_factory = sqlite3.Row
    row = dict(file.execute("SELECT * FROM jobs").fetchone())
    file.close()
    document = json.loads(row.pop("document"))
    assert row == {
        "id": "fox1",
        "person": "playground:home:ann",
        "account": "playground:home:ann",
        "operation": "draw",
        "platform": "playground",
        "workspace": "home",
        "channel": "general",
        "state": "queued",
        "live": 1,
        "version": 1,
        "shown": None,
        "provider": "sketch",
        "model": "sketch",
        "priority": 0,
        "charge": 3,
        "money": 0,
        "spent": 0,
        "counted": 1773489600000000,
        "paid": 1773489600000000,
        "images": 0,
        "reused": 0,
        "kept": 1,
        "parent": None,
        "created": 1773489600000000,
        "changed": 1773489600000000,
        "due": 1773489601000000,
        "started": None,
        "finished": None,
        "deadline": 1773489900000000,
        "likeness": None,
    }
    assert document["request"]["prompt"] == "a red fox"


def test_moments_are_whole_microseconds_wherever_they_were_written() -> None:
    moment = datetime(2026, 3, 14, 12, 0, 0, 1, tzinfo=UTC)
    assert micros(moment) == 1773489600000001
    assert micros(moment.astimezone(timezone(timedelta(hours=9)))) == micros(moment)
    with pytest.raises(TypeError):
        micros(moment.replace(tzinfo=None))
