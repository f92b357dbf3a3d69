"""Several machines: what is decided at one holds at the other with the next word, pauses included."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot import config
from bot.app import App, Fakes, bring_up_to_date, open_app
from bot.config import BotSettings
from bot.model import Answer, Invocation, Origin, Person, State
from tests.bench.easel import PLACE, InstantProvider, SilentPlatform, png
from tests.flows.story import NUMBERS, eventually, said

BOSS = Person(platform="easel", workspace="w", id="boss", name="Boss")
GRACE = replace(BOSS, id="grace", name="Grace")


async def say(app: App, person: Person, line: str) -> Answer:
    invocation = Invocation(person=person, place=PLACE, event=f"e{next(NUMBERS)}", origin=Origin.COMMAND, line=line)
    return await app.dispatch.handle(invocation)


@pytest.mark.slow
async def test_roles_bans_and_pauses_of_one_machine_hold_at_the_other_at_once(tmp_path: Path, blank_postgres_url: str) -> None:
    environment = {
        "BOT_DATABASE_URL": blank_postgres_url,
        "BOT_FILES_URL": f"{tmp_path}/files",
        "BOT_SECRET_KEY": "the same on both machines, as it must be",
        "BOT_ADMINS": "easel:boss",
    }
    settings = config.load(BotSettings, "bot", environment)
    await bring_up_to_date(settings)
    fakes = Fakes(platforms={"easel": SilentPlatform()}, providers={"easel": InstantProvider(png(64))}, moderators=[])
    async with (
        open_app(settings, environment, fakes=fakes, serve=False) as one,
        open_app(settings, environment, fakes=fakes, serve=False) as two,
    ):
        await say(one, BOSS, "role set <@grace> reviewer")
        assert "Muted" in said(await say(two, GRACE, "mute <@linus>"))
        await say(two, BOSS, "role remove <@grace>")
        assert "is for reviewers" in said(await say(one, GRACE, "mute <@linus>"))
        await say(one, BOSS, "ban <@grace>")
        assert "banned" in said(await say(two, GRACE, "imagine a mill"))
        await say(two, BOSS, "ban <@grace> --lift")
        # Taken while nothing is paused, looked at when it is; the machine that pauses is not the one that works, nor that which resumes.
        job = (await say(one, GRACE, "imagine a mill")).job
        await say(one, BOSS, "pause too busy")
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(two.run(stop))

            async def is_in(state: State, *, paused: str) -> bool:
                found = await one.store.find(job)
                return (found.state, found.paused) == (state, paused)

            await eventually(lambda: is_in(State.QUEUED, paused="too busy"))
            assert "paused in this channel" in said(await say(two, GRACE, "imagine a pond"))
            await say(one, BOSS, "resume")
            await eventually(lambda: is_in(State.DELIVERED, paused=""))
            stop.set()
