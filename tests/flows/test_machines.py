"""Several machines: two bots work off one PostgreSQL, and every job is done once."""

import asyncio
from pathlib import Path

import pytest

from bot import config
from bot.app import App, Fakes, bring_up_to_date, open_app
from bot.config import BotSettings
from bot.jobs import TELL
from bot.model import Inputs, Message, Pending, Place, Post, Progress, Request, State
from tests.bench.easel import InstantProvider, SilentPlatform, imagine, png

JOBS = 30


class CountingProvider(InstantProvider):
    """Counts what it was asked for; a paid service would bill each."""

    def __init__(self) -> None:
        super().__init__(png(64), delay=0.05, running=4)
        self.asked: list[str] = []

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        self.asked.append(key)
        return await super().submit(request, inputs, key=key)


class ForgetfulPlatform(SilentPlatform):
    """A chat that knows no keys and takes its time: whoever posts twice has posted twice."""

    pause = 0.02

    def __init__(self) -> None:
        super().__init__()
        self.landed: list[str] = []

    async def post(self, place: Place, message: Message, *, key: str, again: bool = False) -> Post:
        await asyncio.sleep(0.05)
        self.landed.append(key)
        return await super().post(place, message, key=key, again=again)


@pytest.mark.slow
async def test_two_bots_post_nothing_twice_where_the_chat_knows_no_keys(tmp_path: Path, blank_postgres_url: str) -> None:
    environment = {
        "BOT_DATABASE_URL": blank_postgres_url,
        "BOT_FILES_URL": f"{tmp_path}/files",
        "BOT_SECRET_KEY": "the same on both machines, as it must be",
        "BOT_WAITING": "100",
        "BOT_RUNNING": "100",
    }
    settings = config.load(BotSettings, "bot", environment)
    await bring_up_to_date(settings)
    provider, platform = CountingProvider(), ForgetfulPlatform()
    fakes = Fakes(platforms={"easel": platform}, providers={"easel": provider}, moderators=[])
    async with (
        open_app(settings, environment, fakes=fakes, serve=False) as one,
        open_app(settings, environment, fakes=fakes, serve=False) as two,
    ):
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(app.run(stop)) for app in (one, two)]
            answers = await asyncio.gather(*(imagine((one, two)[number % 2], person=f"p{number % 5}") for number in range(JOBS)))
            jobs = [answer.job for answer in answers]
            # Wake-ups of every kind, on both machines at once, as sweeps and redeliveries send them.
            for turn in range(4):
                for app in (one, two):
                    for job in jobs:
                        await app.queue.put(job, lane=TELL, once=f"wake {turn} {id(app)}")
                        app.teller.show(job, Pending(ticket=job, fraction=turn / 10))
            await _all_delivered(one, jobs)
            stop.set()
            await asyncio.gather(*running)
    assert sorted(platform.landed) == sorted(f"{job}:{kind}" for job in jobs for kind in ("card", "result"))


@pytest.mark.slow
async def test_two_bots_on_one_database_do_every_job_once(tmp_path: Path, blank_postgres_url: str) -> None:
    environment = {
        "BOT_DATABASE_URL": blank_postgres_url,
        "BOT_FILES_URL": f"{tmp_path}/files",
        "BOT_SECRET_KEY": "the same on both machines, as the compose file says",
        "BOT_WAITING": "100",
        "BOT_QUOTA_DAY": "20",
    }
    settings = config.load(BotSettings, "bot", environment)
    await bring_up_to_date(settings)
    provider, platform = CountingProvider(), SilentPlatform()
    fakes = Fakes(platforms={"easel": platform}, providers={"easel": provider}, moderators=[])
    async with (
        open_app(settings, environment, fakes=fakes, serve=False) as one,
        open_app(settings, environment, fakes=fakes, serve=False) as two,
    ):
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(app.run(stop)) for app in (one, two)]
            answers = await asyncio.gather(*(imagine((one, two)[number % 2], person="p") for number in range(JOBS)))
            jobs = [answer.job for answer in answers if answer.job]
            await _all_delivered(one, jobs)
            stop.set()
            await asyncio.gather(*running)
    assert len(jobs) == 20, "the quota holds across machines"
    assert len(provider.asked) == len(set(provider.asked)) == 20, "nothing is asked for twice"
    assert len(platform.posted) == 40, "a card and a result for each"


async def _all_delivered(app: App, jobs: list[str]) -> None:
    async with asyncio.timeout(40):
        while any([(await app.store.find(job)).state is not State.DELIVERED for job in jobs]):
            await asyncio.sleep(0.05)
