"""kill -9: a real process dies at random moments, again and again, and every job is delivered once."""

import asyncio
import json
import random
from pathlib import Path

import pytest

from bot.model import State
from storage.journal import open_journal
from tests.flows.process import started

ROUNDS = 6
JOBS = 12


@pytest.mark.slow
async def test_killed_in_a_loop_every_job_is_delivered_once(tmp_path: Path) -> None:
    chance = random.Random(20261121)  # noqa: S311 - moments to kill at, the same in every run
    settings = {"SKETCH_DELAY": "0.4", "BOT_WAITING": "100", "BOT_RUNNING": "4"}
    jobs: list[str] = []
    for round_number in range(ROUNDS):
        async with started(tmp_path, **settings) as process, process.chat("grace") as chat:
            for number in range(JOBS // ROUNDS):
                answer = await chat.say(
                    f"/imagine a small boat {round_number} {number} --ar 1:1 --count 2", event=f"say-round-{round_number}-{number}"
                )
                jobs.append(answer["job"])
            await asyncio.sleep(chance.uniform(0.0, 1.2))
            await process.kill()
    async with started(tmp_path, **settings) as process:
        await _all_over(tmp_path, jobs)
        assert await process.terminate() == 0
    await _assert_each_once(tmp_path, jobs)


@pytest.mark.slow
async def test_four_running_jobs_survive_a_kill_with_their_buttons(tmp_path: Path) -> None:
    async with started(tmp_path, SKETCH_DELAY="3", BOT_RUNNING="4") as process, process.chat("grace") as chat:
        jobs = [(await chat.say(f"/imagine a harbour {number}"))["job"] for number in range(4)]
        await _until_running(tmp_path, jobs)
        await process.kill()
    async with started(tmp_path, SKETCH_DELAY="0") as process, process.chat("grace") as chat:
        await _all_over(tmp_path, jobs)
        varied = await chat.press("m1", f"vary {jobs[0]} 1")
        await _all_over(tmp_path, [varied["job"]])
        assert await process.terminate() == 0
    await _assert_each_once(tmp_path, jobs)


@pytest.mark.slow
async def test_a_command_sent_again_after_the_crash_is_the_same_job(tmp_path: Path) -> None:
    async with started(tmp_path, SKETCH_DELAY="2") as process, process.chat("grace") as chat:
        first = await chat.say("/imagine a windmill", event="the-same-event")
        await process.kill()
    async with started(tmp_path) as process, process.chat("grace") as chat:
        again = await chat.say("/imagine a windmill", event="the-same-event")
        assert again.get("job", "") in {"", first["job"]}
        await _all_over(tmp_path, [first["job"]])
        async with open_journal(f"sqlite:///{tmp_path}/limner.db", migrate=False) as journal:
            assert len(await journal.recent(limit=10)) == 1


async def _until_running(folder: Path, jobs: list[str]) -> None:
    async with open_journal(f"sqlite:///{folder}/limner.db", migrate=False) as journal, asyncio.timeout(20):
        while not all([(await journal.find(job)).state.running for job in jobs]):
            await asyncio.sleep(0.02)


async def _all_over(folder: Path, jobs: list[str]) -> None:
    async with open_journal(f"sqlite:///{folder}/limner.db", migrate=False) as journal, asyncio.timeout(60):
        while await journal.unfinished():
            await asyncio.sleep(0.05)
        for job in jobs:
            assert (await journal.find(job)).state is State.DELIVERED, (folder / "log").read_text()[-3000:]


async def _assert_each_once(folder: Path, jobs: list[str]) -> None:
    """One card, one message with images, one bill for each job, as the chat's own history has it."""
    import aiosqlite  # noqa: PLC0415 - only to look into what the playground kept

    async with aiosqlite.connect(folder / "playground" / "playground.db") as database:
        rows = await database.execute_fetchall("SELECT content FROM messages WHERE author = 'limner' AND audience IS NULL")
    messages = [json.loads(row[0]) for row in rows]
    for job in jobs:
        own = [message for message in messages if message.get("job") == job]
        results = [message for message in own if any(action["label"].startswith("Vary") for action in message.get("actions", []))]
        assert len(own) == 2, f"job {job}: a card and a result, not {len(own)} messages"
        assert len(results) == 1
    ledger = [json.loads(line)["key"] for line in (folder / "sketch" / "ledger").read_text().splitlines()]
    for job in jobs:
        assert len([key for key in ledger if key.startswith(job)]) == 1, "every job is paid for once"
