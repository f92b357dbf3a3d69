"""Access: who may use which model, operation or channel, whichever way they ask."""

from pathlib import Path

from bot.model import Origin, State
from tests.flows.story import open_story, said


async def test_a_model_that_is_for_some_is_not_drawn_with_by_others_nor_listed_for_them(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        answer = said(await story.say("access set model sketch <@&brand> <@linus>", who="ada"))
        assert "everybody → <@&brand> and <@linus>" in answer
        refused = said(await story.say("imagine a mill --model sketch", who="grace"))
        assert "may not be used here" in refused
        assert "No model" in said(await story.say("imagine a mill", who="grace"))
        for who in ("linus", "kenji"):
            assert (await story.say("imagine a mill --model sketch", who=who)).job, who
        assert "not allowed here" in said(await story.say("models", who="grace")).casefold() or "sketch" not in said(
            await story.say("models", who="grace")
        )
        await story.say("access clear model sketch", who="ada")
        assert (await story.say("imagine a mill", who="grace")).job


async def test_an_operation_is_for_a_role_and_for_whoever_is_above_it(tmp_path: Path) -> None:
    async with open_story(tmp_path, BOT_ADMINS="playground:kenji") as story:
        job = await story.drawn("imagine a mill")
        await story.say("access set operation upscale reviewers", who="ada")
        refused = said(await story.say(f"upscale {job.id} 1", who="grace"))
        assert "“upscale” is for reviewers only" in refused
        assert "Nothing was counted" in refused
        reaction = await story.react(await story.result(job.id), "⬆️", who="grace")
        assert "is for reviewers only" in said(reaction)
        assert not reaction.job
        for who in ("maya", "ada", "kenji"):
            assert (await story.say(f"upscale {job.id} 1", who=who)).job, who
        assert "/upscale" not in said(await story.say("help", who="grace"))


async def test_here_is_for_those_it_names_and_nowhere_else_changes(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        await story.say("access set here <@&brand>", who="ada", channel="brand")
        refused = said(await story.say("imagine a mill", who="grace", channel="brand"))
        assert "Only <@&brand> may draw in this channel" in refused
        assert "may draw in this channel" in said(await story.say("imagine", who="grace", channel="brand")), "no form is opened for nothing"
        assert (await story.say("imagine a mill", who="kenji", channel="brand")).job
        assert (await story.say("imagine a mill", who="grace", channel="design")).job
        assert "drawing in <#brand>" in said(await story.say("access", who="ada"))
        answer = await story.say("access clear here", who="ada", channel="brand")
        assert (await story.say("imagine a mill", who="grace", channel="brand")).job
        assert answer.whisper is not None
        await story.say(answer.whisper.actions[0].line, who="ada", origin=Origin.BUTTON)
        assert not (await story.say("imagine a mill", who="grace", channel="brand")).job


async def test_failover_asks_who_somebody_is_by_now(tmp_path: Path) -> None:
    """What the job knows of its person may have been taken back since."""
    async with open_story(tmp_path, SKETCH_FAIL="server_error") as story:
        await story.say("role set <@grace> reviewer", who="ada")
        answer = await story.say("imagine a mill", who="grace")
        job = await story.until(answer.job, State.FAILED)
        rights = await story.app.roles.as_met(job.person, job.place)
        assert rights.person.moderates
        await story.say("role remove <@grace>", who="ada")
        assert not (await story.app.roles.as_met(job.person, job.place)).person.moderates
        assert job.person.moderates, "the job remembers"


async def test_lines_that_say_too_little_are_answered_with_one_that_works(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        for line, expected in {
            "access set": "What shall I set",
            "access set model": "Which model",
            "access set model sketch": "For whom",
            "access set model nonesuch <@grace>": "no model called",
            "access set operation fly admins": "no operation called",
            "access set here": "For whom",
        }.items():
            assert expected in said(await story.say(line, who="ada")), line
        assert await story.app.store.rules_of("playground:studio") == []
        assert "Everybody may use everything" in said(await story.say("access list", who="ada"))


async def test_several_are_named_at_once_and_each_decision_is_on_record(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        await story.say("access set operation remove-background <@grace> <@&brand> owners", who="ada")
        (rule,) = await story.app.store.rules_of("playground:studio")
        assert rule.slot == "operation=remove background"
        assert rule.value == "person:playground:studio:grace group:playground:studio:brand role:playground:studio:owner"
        entry = await story.app.store.entry(1)
        assert (entry.act, entry.who) == ("access.set", "person:playground:studio:ada")
