"""Limits: what is refused, what it says, and what it costs: nothing."""

import asyncio
from pathlib import Path

from bot.model import State
from tests.flows.story import eventually, open_story, said


async def test_a_blocked_prompt_reaches_no_provider_and_is_not_repeated(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_STATE=str(tmp_path / "vendor")) as story:
        answer = await story.say("imagine a n u d e woman")
        assert answer.whisper is not None
        assert not answer.job
        assert "n u d e" not in said(answer)
        assert "not count" in said(answer)
        assert await story.channel() == []
        assert "0 of 50" in said(await story.say("quota"))
        (job,) = await story.app.store.recent(person=story.person("grace"))
        assert job.state is State.BLOCKED
        assert job.verdict.category == "sexual"
        assert job.verdict.source.startswith("terms")


async def test_a_vendors_refusal_ends_the_job_and_costs_nothing(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_FAIL="refuse") as story:
        answer = await story.say("imagine a quiet village")
        job = await story.shown(answer.job)
        assert job.state is State.BLOCKED
        card = await story.card(job.id)
        assert "quiet village" not in str(card)
        assert "0 of 50" in said(await story.say("quota"))


async def test_quota_is_refused_with_use_and_renewal_and_an_admin_can_raise_it(tmp_path: Path) -> None:
    async with open_story(tmp_path, BOT_QUOTA_DAY="2") as story:
        await story.drawn("imagine one --count 2")
        refused = said(await story.say("imagine two"))
        assert "2 of 2 images" in refused
        assert "2 of 2" in said(await story.say("quota"))
        assert "Only an admin" in said(await story.say("quota set <@grace> 50/day"))
        assert "of 50 images" in said(await story.say("quota set <@grace> 50/day", who="ada"))
        await story.drawn("imagine two")
        assert "3 of 50" in said(await story.say("quota show @grace", who="ada"))
        assert "0 of 50" in said(await story.say("quota reset @Grace", who="ada"))


async def test_a_failed_job_gives_its_quota_back(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_FAIL="server_error") as story:
        answer = await story.say("imagine a mill --count 3")
        job = await story.shown(answer.job)
        assert job.state is State.FAILED
        assert "0 of 50" in said(await story.say("quota"))
        card = await story.card(job.id)
        assert "did not count" in card["body"]


async def test_a_rate_limit_is_waited_for_and_then_drawn(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_FAIL="rate_limit:1") as story:
        job = await story.drawn("imagine a pond")
        assert job.attempts == 2


async def test_a_waiting_card_says_its_position_and_follows_it(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_DELAY="1.5", BOT_RUNNING="1") as story:
        answers = [await story.say("imagine a queue") for _ in range(3)]

        async def waits() -> bool:
            cards = [await story.card(answer.job) for answer in answers[1:] if "card" in await story.app.store.posts(answer.job)]
            return len(cards) == 2 and "position 1" in cards[0]["body"] and "position 2" in cards[1]["body"]

        async def moved_up() -> bool:
            return "position 1" in (await story.card(answers[2].job))["body"]

        await eventually(waits)
        await eventually(moved_up)


async def test_only_so_many_jobs_wait_and_run(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_DELAY="1.5", BOT_RUNNING="2", BOT_WAITING="3") as story:
        answers = [await story.say("imagine a cloud") for _ in range(2)]
        for answer in answers:
            await story.until(answer.job, State.SUBMITTED)
        answers += [await story.say("imagine a cloud") for _ in range(4)]
        taken = [answer.job for answer in answers if answer.job]
        assert len(taken) == 5
        assert "waiting" in said(answers[-1])
        for job in taken:
            await story.until(job, State.DELIVERED)


async def test_sixty_jobs_of_one_person_do_not_starve_the_next(tmp_path: Path) -> None:
    settings = {"BOT_RUNNING": "100", "BOT_WAITING": "100", "BOT_QUOTA_DAY": "1000", "SKETCH_DELAY": "0.3"}
    async with open_story(tmp_path, settings) as story:
        many = await asyncio.gather(*(story.say("imagine rain --ar 1:1", who="grace") for _ in range(60)))
        other = await story.say("imagine sun", who="linus")
        await story.until(other.job, State.DELIVERED)
        done = [job for answer in many if (job := await story.app.store.find(answer.job)).state is State.DELIVERED]
        assert len(done) < 30, "the next person's one job came before most of the sixty"


async def test_cancelled_while_queued_and_while_drawing(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_DELAY="5", BOT_RUNNING="1") as story:
        drawing = await story.say("imagine a storm")
        await story.until(drawing.job, State.SUBMITTED)
        queued = await story.say("imagine a calm")
        refused = await story.say(f"cancel {drawing.job}", who="linus")
        assert "Only Grace" in said(refused)
        await story.say(f"cancel {queued.job}")
        await story.say(f"cancel {drawing.job}")
        for answer in (queued, drawing):
            assert (await story.shown(answer.job)).state is State.CANCELLED
            assert "Cancelled" in (await story.card(answer.job))["body"]
            assert await story.results(answer.job) == []
        assert "0 of 50" in said(await story.say("quota"))


async def test_a_result_that_comes_after_the_cancel_is_discarded(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_MODE="sync", SKETCH_DELAY="0.5") as story:
        answer = await story.say("imagine a late train")
        await story.until(answer.job, State.SUBMITTING)
        await story.say(f"cancel {answer.job}")
        job = await story.shown(answer.job)
        assert job.state is State.CANCELLED

        async def idle() -> bool:
            return not any((await story.app.store.counts()).values())

        await eventually(idle)
        assert await story.results(answer.job) == []


async def test_the_same_event_makes_one_job(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        answers = await asyncio.gather(*(story.say("imagine a twin", event="the same") for _ in range(5)))
        jobs = [answer.job for answer in answers if answer.job]
        assert len(jobs) == 1
        await story.until(jobs[0], State.DELIVERED)
        assert len(await story.app.store.recent(person=story.person("grace"))) == 1


async def test_a_broken_image_is_no_result(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_FAIL="broken_image") as story:
        answer = await story.say("imagine a ruin")
        job = await story.shown(answer.job)
        assert job.state is State.FAILED
        assert job.problem is not None
        assert job.problem.code == "bad_result"


async def test_mistakes_are_answered_with_a_line_that_works(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        for line, expected in {
            "imagine a fox --seeds 4": "--seed",
            "imagine a fox --count 99": "1 to 10",
            "imagine a fox --model nonesuch": "sketch",
            "imagin a fox": "/imagine",
            "vary nonesuch": "no job",
            "quota set @nobody 5/day": "not met",
            "quota set @grace lots": "50/day",
        }.items():
            answer = await story.say(line, who="ada")
            assert not answer.job
            assert expected in said(answer), f"{line}: {said(answer)}"
