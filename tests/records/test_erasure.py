"""Erasure: after it, no byte of what somebody asked for, nor of who they are, is left in the journal or in the files."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot import config
from bot.app import bring_up_to_date
from bot.config import BotSettings
from bot.model import Asker, Inquiry, Job, Person, Place, Post, RuleKind, State, subject_of_digest, subject_of_person
from bot.records import verify
from tests.contracts.stores import a_job, an_entry
from tests.flows.story import Story, environment, eventually, open_story, said

ELSEWHERE = Person(platform="discord", workspace="G77", id="900100200300", name="gracehopperine")
SECRETS = {
    "a prompt": "a zeppelin over the harbour",
    "a negative prompt": "seagulls",
    "a refused prompt": "a quiet unfinished bridge",
    "a name": "Grace",
    "a name elsewhere": ELSEWHERE.name,
    "an id": "studio:grace",
    "an id elsewhere": ELSEWHERE.id,
    "her own conversation": "dm-grace",
}


@pytest.fixture(params=["file", "postgres"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the journal is."""
    return f"sqlite:///{tmp_path}/limner.db" if request.param == "file" else request.getfixturevalue("blank_postgres_url")


async def erased(story: Story, who: str = "grace") -> str:
    """What somebody is told who presses the button and waits."""
    assert "cannot be undone" in said(await story.say("privacy erase", who=who))
    assert "being erased" in said(await story.say("privacy erase --sure", who=who))

    async def done() -> str | None:
        entries = await story.app.store.entries(Inquiry(act="privacy.erased"))
        return entries[0].facts["jobs"] if entries and not await story.app.store.erasures() else None

    return await eventually(done)


async def live(story: Story) -> list[Job]:
    """A life with Limner: pictures in public and alone, an edit of an upload, a favourite, a refusal, rules, an account elsewhere."""
    store, grace = story.app.store, story.person("grace")
    first = await story.drawn(f"imagine {SECRETS['a prompt']} --no {SECRETS['a negative prompt']} --count 2")
    await story.say(f"keep {first.id}")
    await story.say(f"rate {first.id} up")
    alone = await story.drawn(f"imagine {SECRETS['a prompt']} at night", channel="dm-grace")
    answer = await story.say(f"imagine {SECRETS['a prompt']} in oil", attachments=(await story.upload(first),))
    edited = await story.until(answer.job, State.DELIVERED)
    await story.shown(edited.id)
    await story.say("quota set @grace 40/day", who="ada")
    await story.say("privacy export")
    await store.link(grace, ELSEWHERE, entry=an_entry("link"))
    await store.meet(ELSEWHERE)
    refused = replace(
        a_job("refused1", state=State.BLOCKED),
        person=ELSEWHERE,
        account=(await store.account(grace)).key,
        place=Place(platform="discord", workspace="G77", channel="C5"),
        request=replace(first.request, prompt=SECRETS["a refused prompt"]),
    )
    await store.record(refused, event=f"discord:{ELSEWHERE.id}:77", entry=replace(an_entry("verdict.block"), job="refused1"))
    await store.keep_post("refused1", "card", Post(place=refused.place, id="m1"), shown=1)
    # As a reviewer she let somebody else's job be drawn, and as an admin she decided something.
    await store.record(replace(a_job("others01", person="ann", state=State.FAILED), approved=grace.key), event=None)
    decisions = story.app.roles.decisions
    asker = replace(_asker(story), person=grace)
    ban = decisions.rule(_asker(story), RuleKind.BAN, subject_of_person(ELSEWHERE), "spam")
    await decisions.decide(_asker(story), [ban], act="ban.set")
    whom = f"{subject_of_person(grace)} role:playground:studio:admin"
    access = decisions.rule(asker, RuleKind.ACCESS, "workspace:playground:studio", whom, slot="model=x")
    await decisions.decide(asker, [access], act="access.set")
    return [first, alone, edited]


def _asker(story: Story) -> Asker:
    return Asker(person=story.person("ada"), place=story.place(), event=None, trace="")


def left_in_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted((folder / "files").rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


async def left_in_database(story: Story) -> dict[str, bytes]:
    """Every row of every table, as the database itself writes it."""

    def work(connection: Any) -> dict[str, bytes]:
        if connection.dialect.name == "sqlite":
            return {}
        names = connection.execute(text("SELECT relname FROM pg_stat_user_tables")).scalars().all()
        return {name: str(connection.execute(text(f"SELECT t::text FROM {name} AS t")).scalars().all()).encode() for name in names}  # noqa: S608 - names of the catalogue

    store: Any = story.app.store
    return await store._database.read(work)


async def test_nothing_of_a_person_is_left_after_an_erasure(tmp_path: Path, journal: str) -> None:
    settings = {"BOT_DATABASE_URL": journal}
    await bring_up_to_date(config.load(BotSettings, "bot", {**environment(tmp_path), **settings}))
    async with open_story(tmp_path, settings) as story:
        other = await story.drawn("imagine a red fox", who="linus")
        jobs = await live(story)
        pictures = {image.digest for job in jobs for image in job.images}
        spent = (await story.app.records.statistics.of(story.place(), 30)).tiles[0]
        kept = dict(left_in_files(tmp_path))
        assert pictures <= {hashlib.sha256(body).hexdigest() for body in kept.values()}
        assert any(SECRETS["a prompt"].encode() in body for body in kept.values())

        assert await erased(story) == "4"

        found = await left_in_database(story)
        after = dict(left_in_files(tmp_path))
        assert not pictures & {hashlib.sha256(body).hexdigest() for body in after.values()}
        assert {name for name in after if "/sources/" in name or "exports/" in name} == set()
        assert (await story.app.files.get(other.images[0].key)).body, "other people's pictures stay"

        assert (await verify(story.app.store)).breach is None
        again = await story.app.records.statistics.of(story.place(), 30)
        assert again.tiles[0] == spent, "sums stay, without a name"
        assert await story.app.store.rules([subject_of_person(ELSEWHERE)]) == []
        [ban] = await story.app.store.rules([subject_of_digest(ELSEWHERE.key)])
        assert ban.kind is RuleKind.BAN
        [access] = await story.app.store.rules(["workspace:playground:studio"], (RuleKind.ACCESS,))
        assert access.value == f"{subject_of_digest(story.person('grace').key)} role:playground:studio:admin"
        assert [entry for entry in await story.channel() if SECRETS["a prompt"] in str(entry.content)] == []
        assert [entry.facts["unreached"] for entry in await story.app.store.entries(Inquiry(act="privacy.erased"))] == ["1"]
    scanned = found or {name: (tmp_path / name).read_bytes() for name in ("limner.db", "limner.db-wal") if (tmp_path / name).exists()}
    assert scanned
    for what, secret in SECRETS.items():
        for name, body in {**scanned, **after}.items():
            assert secret.encode() not in body, f"{what} is still in {name}"
            assert secret.encode() not in name.encode()
