"""The queue: who sees what of it, and who may cancel."""

from pathlib import Path

from bot.model import Origin, State
from tests.flows.story import open_story, said


async def test_reviewers_see_everybodys_jobs_and_cancel_them_and_members_their_own(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_DELAY="30", BOT_RUNNING="1") as story:
        running, waiting = await story.say("imagine a mill"), await story.say("imagine a secret plan")
        other = await story.say("imagine a pond", who="linus", channel="design")
        await story.until(running.job, State.SUBMITTED)
        await story.until(other.job, State.SUBMITTED)
        whole = await story.say("queue", who="maya")
        text = said(whole)
        assert "2 being drawn, 1 waiting." in text
        assert f"{running.job} being drawn, for" in text
        assert f"{waiting.job} waits, position 1, for" in text
        assert "<@linus> in <#design> · sketch" in text
        assert "secret plan" not in text, "what others ask for is theirs"
        own = said(await story.say("queue", who="linus"))
        assert other.job in own
        assert running.job not in own
        assert whole.whisper is not None
        line = next(action.line for action in whole.whisper.actions if waiting.job in action.line)
        await story.say(line, who="maya", origin=Origin.BUTTON)
        assert (await story.shown(waiting.job)).state is State.CANCELLED
        for job in (running.job, other.job):
            await story.say(f"cancel {job}", who="ada")
            await story.shown(job)
        assert "nothing waits" in said(await story.say("queue", who="ada"))


async def test_a_long_queue_comes_in_pages(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False, BOT_WAITING="50") as story:
        jobs = [(await story.say(f"imagine pond {number}")).job for number in range(10)]
        first = (await story.say("queue")).whisper
        assert first is not None
        assert first.actions[-1].line == "queue --page 2"
        assert [job for job in jobs if job in first.text] == jobs[:8]
        second = (await story.say("queue --page 2")).whisper
        assert second is not None
        assert [job for job in jobs if job in second.text] == jobs[8:]
        assert "There is no page 3" in said(await story.say("queue --page 3"))


async def test_what_a_moderator_did_to_anothers_job_is_on_record_and_what_one_did_to_ones_own_is_not(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        own, other, third = [(await story.say(f"imagine pond {number}")).job for number in range(3)]
        await story.say(f"cancel {own}")
        await story.say(f"cancel {other}", who="maya")
        await story.say(f"delete {third}", who="ada")
        first, second = await story.app.store.entry(1), await story.app.store.entry(2)
        assert (first.act, first.who, first.about, first.job) == (
            "job.cancel",
            "person:playground:studio:maya",
            "person:playground:studio:grace",
            other,
        )
        assert (second.act, second.job) == ("job.cancel", third), "what waits is not deleted but cancelled"
