"""`/limit`: how large one request may be, how many jobs somebody may have at once, and whose go first."""

from pathlib import Path

from bot.model import State
from tests.flows.story import said
from tests.quotas.scene import entry_of, open_scene


async def test_a_request_that_is_too_large_is_answered_with_a_line_that_works(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        assert "at most 2 in one request" in await scene.told("limit everybody --count 2 --size 1200")
        told = await scene.refused("imagine a red fox --no snow --count 4")
        assert "4 images are more than one request may ask for here: 2." in told
        assert "--count 2 would work." in told
        line = next(line for line in told.splitlines() if line.startswith("/imagine"))
        assert line == "/imagine a red fox --count 2"
        await scene.taken(line)
        told = await scene.refused("imagine a wide fox --ar 21:9")
        assert "larger than a picture may be here: 1200 pixels on its longest side" in told
        assert "/imagine a wide fox --ar 1:1" in told
        await scene.taken("imagine a wide fox --ar 1:1")


async def test_limits_are_the_tightest_of_all_and_0_takes_one_back(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        await scene.told("limit <@grace> --count 4")
        await scene.told("limit here --count 2")
        await scene.refused("imagine a fox --count 3")
        await scene.taken("imagine a fox --count 3", channel="brand")
        assert "One request: at most 2 in one request" in await scene.quota()
        answer = await scene.say("limit here --count 0", who="ada")
        assert "2 → the usual" in said(answer)
        await scene.taken("imagine a fox --count 3")
        await scene.told(f"undo {entry_of(answer)}")
        await scene.refused("imagine a fox --count 3")
        assert "at most 4 in one request" in await scene.told("limit <@grace>")
        await scene.told("limit <@grace> --reset")
        assert "nothing of its own" in await scene.told("limit <@grace>")
        assert "nothing goes with it" in await scene.told("limit <@grace> --reset --count 2")


async def test_how_many_wait_and_run_is_what_the_nearest_rule_says(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        await scene.told("limit everybody --waiting 1 --running 1")
        await scene.told("limit <@&design> --waiting 2")
        assert "At once: up to 1 job drawn, 2 more waiting" in await scene.quota()
        first, second = await scene.taken(), await scene.taken()
        assert "2 of 2 jobs waiting" in await scene.refused()
        await scene.taken(who="kenji")
        assert "1 of 1 job waiting" in await scene.refused(who="kenji")
        await scene.app.drawer.step(first)
        await scene.app.drawer.step(second)
        states = {(await scene.app.store.find(job.id)).state for job in (first, second)}
        assert states == {State.SUBMITTED, State.QUEUED}


async def test_jobs_of_those_with_priority_go_first(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        await scene.told("limit <@&brand> --priority 5")
        late, early = await scene.taken(who="grace"), await scene.taken(who="kenji")
        assert await scene.app.store.queued("acme", limit=9) == [early.id, late.id]


async def test_odd_words_about_limits_change_nothing(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        for line, expected in {
            "limit": "Whose limits",
            "limit --count 4": "Whose limits",
            "limit everybody --count 99": "from 0 to 10",
            "limit everybody --count -1": "from 0 to 10",
            "limit everybody --size huge": "whole number",
            "limit @nobody --count 4": "not met",
            "limit everybody": "nothing of its own",
        }.items():
            assert expected in await scene.told(line), line
        for who in ("grace", "maya"):
            assert "for admins" in await scene.told("limit everybody --count 4", who=who)
            assert "for admins" in await scene.told("budget set $1/day", who=who)
        assert await scene.app.store.rules_of("playground:studio") == []
