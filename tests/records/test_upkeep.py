"""Upkeep: one round at a time, put by every process and done once, and the audit's seal in the log once a day."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from bot.app import Fakes
from bot.model import RuleKind
from bot.records import ROUND, UPKEEP
from bot.worker.upkeep import Upkeep
from tests.flows.story import open_story

START = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Lane:
    """A queue that remembers what was put into it."""

    def __init__(self) -> None:
        self.put_in: dict[tuple[str, str, str], timedelta] = {}

    async def put(self, job_id: str, *, lane: str, due: timedelta = timedelta(0), priority: int = 0, once: str = "") -> None:
        self.put_in.setdefault((job_id, lane, once), due)


def seals(logs: list[Any]) -> list[Mapping[str, object]]:
    return [entry for entry in logs if entry["event"] == "audit stands"]


async def test_every_process_plans_the_same_round(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        lane: Any = Lane()
        for _ in range(3):
            upkeep = Upkeep(store=story.app.store, queue=lane, records=story.app.records, now=lambda: datetime.now(UTC))
            await upkeep.plan()
        assert len(lane.put_in) <= 2, "one, or two where a slot ended meanwhile"
        for (what, where, _), due in lane.put_in.items():
            assert (what, where) == (ROUND, UPKEEP)
            assert timedelta(0) < due <= timedelta(minutes=10)


async def test_the_seal_of_the_audit_is_in_the_log_once_a_day(tmp_path: Path) -> None:
    clock = [START]
    async with open_story(tmp_path, fakes=Fakes(now=lambda: clock[0]), working=False) as story:
        await story.say("settings channel --results channel", who="ada")
        seal = await story.app.store.seal()
        assert seal
        with capture_logs() as logs:
            for hours in (0, 1, 12, 13):
                clock[0] = START + timedelta(hours=hours)
                await story.app.worker.upkeep.work(ROUND)
        assert [(each["number"], each["digest"]) for each in seals(logs)] == [(seal.number, seal.digest)] * 2


async def test_a_round_that_the_queue_brings_is_done(tmp_path: Path) -> None:
    async with open_story(tmp_path, BOT_KEEP_PROMPTS="1d") as story:
        assert await story.app.store.rules_of("playground:studio", (RuleKind.OPTION,)) == []
        with capture_logs() as logs:
            await story.say("settings channel --results channel", who="ada")
            await story.app.queue.put(ROUND, lane=UPKEEP, once="now")
            await story.drawn("imagine a red fox")
        assert len(seals(logs)) == 1
