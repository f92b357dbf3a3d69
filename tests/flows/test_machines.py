"""Several machines: two bots work off one PostgreSQL, and every job is done once."""

import asyncio
from pathlib import Path

import pytest

from bot import config
from bot.app import App, Fakes, bring_up_to_date, open_app
from bot.config import BotSettings
from bot.model import Inputs, Progress, Request, State
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
