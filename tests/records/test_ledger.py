"""The ledger: the audit and the review of access, from a shell."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete
from typer.testing import CliRunner

from bot import config
from bot.__main__ import app
from bot.config import BotSettings
from bot.ledger import access, check, export
from bot.model import Inquiry
from bot.records import lines_of, rows_of, table_of
from storage.journal import open_journal
from storage.schema import audit
from tests.contracts.stores import an_entry
from tests.flows.story import environment, open_story


def settings(folder: Path, **more: str) -> BotSettings:
    return config.load(BotSettings, "bot", {**environment(folder), **more})


async def busy(folder: Path) -> None:
    async with open_story(folder) as story:
        await story.drawn("imagine a red fox")
        await story.say("quota set @grace 4/day", who="ada")
        await story.say("role set @grace reviewer --for 2d", who="ada")
        await story.say("role set <@&brand> reviewer", who="ada")
        await story.say("imagine a blue fox", who="kenji")
        await story.say("ban @kenji spam", who="ada")
        await story.say("access set model sketch <@&brand> @grace", who="ada")


async def test_the_review_of_access_says_who_can_do_what_and_why(tmp_path: Path) -> None:
    await busy(tmp_path)
    told = json.loads(await access(settings(tmp_path, BOT_ADMINS="playground:ada,playground:boss,slack:U1"), form="json"))
    by_subject: dict[str, dict[str, Any]] = {each["subject"].removeprefix("person:playground:studio:"): each for each in told}
    grace, kenji, ada = (by_subject[name] for name in ("grace", "kenji", "ada"))
    assert grace["roles"] == {"member": "platform", "reviewer": "/role"}
    assert (bool(grace["drew"]), grace["acted"]) == (True, None)
    assert any(limit.startswith("may use model sketch") for limit in grace["limits"])
    assert kenji["roles"]["reviewer"] == "/role for group:playground:studio:brand"
    assert "ban: spam" in kenji["limits"]
    assert ada["roles"] == {"admin": "platform", "member": "platform", "owner": "BOT_ADMINS"}
    assert ada["act"] == "access.set"
    assert by_subject["boss"]["roles"] == {"owner": "BOT_ADMINS"}
    assert by_subject["group:playground:studio:brand"]["roles"] == {"reviewer": "/role"}
    assert "U1" not in by_subject
    rows = list(csv.DictReader(io.StringIO(await access(settings(tmp_path), form="csv"))))
    assert {row["name"] for row in rows} >= {"Ada", "Grace", "Kenji"}
    words = await access(settings(tmp_path), form="text")
    assert "person:playground:studio:kenji (Kenji): member by platform" in words


async def test_the_audit_comes_out_in_order_and_whole(tmp_path: Path) -> None:
    await busy(tmp_path)
    lines = [json.loads(line) async for piece in export(settings(tmp_path), since=1, form="jsonl") for line in piece.splitlines()]
    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    assert "quota.set" in {line["act"] for line in lines}
    later = [row async for piece in export(settings(tmp_path), since=3, form="csv") for row in csv.DictReader(io.StringIO(piece))]
    assert [int(row["number"]) for row in later] == [line["number"] for line in lines[2:]]


async def test_a_seal_that_was_noted_finds_what_was_cut_off(tmp_path: Path) -> None:
    await busy(tmp_path)
    walk = await check(settings(tmp_path), since=1, expect="")
    assert walk.breach is None
    assert (await check(settings(tmp_path), since=2, expect=str(walk.seal))).breach is None
    async with open_journal(environment(tmp_path)["BOT_DATABASE_URL"], migrate=False) as journal:
        last = walk.count

        def cut(connection: Connection) -> None:
            connection.execute(delete(audit).where(audit.c.number == last))

        store: Any = journal
        await store._database.write(cut)
    assert (await check(settings(tmp_path), since=1, expect="")).breach is None
    breach = (await check(settings(tmp_path), since=1, expect=str(walk.seal))).breach
    assert breach
    assert "cut off" in breach.why


def test_the_shell_says_whether_the_chain_holds(tmp_path: Path, monkeypatch: Any) -> None:
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    assert runner.invoke(app, ["migrate"]).exit_code == 0
    good = runner.invoke(app, ["audit", "verify"])
    assert (good.exit_code, "The chain holds" in good.output) == (0, True)
    noted = runner.invoke(app, ["audit", "verify", "--expect", f"7:{'0' * 64}"])
    assert (noted.exit_code, "cut off" in noted.output) == (1, True)
    odd = runner.invoke(app, ["audit", "verify", "--expect", "seven"])
    assert (odd.exit_code, "--expect takes" in odd.output) == (1, True)
    assert "Nobody was met yet" in runner.invoke(app, ["access"]).output


def test_a_spreadsheet_takes_no_text_for_a_formula() -> None:
    cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", " =2", "plain", 'say "hi", twice', "a\nb"]
    [row] = csv.reader(io.StringIO(rows_of((), [cells])))
    assert [cell[0] for cell in row[:6]] == ["'"] * 6
    assert row[6:] == cells[6:]
    entry = an_entry("ban.set")
    assert "ban.set" in table_of([entry])
    assert json.loads(lines_of([entry]))["who"] == entry.who


async def test_pages_of_the_audit_lead_to_older_ones(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        for number in range(1, 24):
            await story.say(f"settings channel --results {('thread', 'channel')[number % 2]}", who="ada")
        line = "audit --did settings"
        seen: list[int] = []
        while line:
            page = (await story.say(line, who="ada")).whisper
            assert page
            seen += [int(name.partition(" ")[0]) for name, _ in page.fields]
            line = next((action.line for action in page.actions if action.label == "Older"), "")
        entries = await story.app.store.entries(Inquiry(act="settings"), limit=100)
        assert seen == [entry.number for entry in entries]
        assert len(seen) == 23
