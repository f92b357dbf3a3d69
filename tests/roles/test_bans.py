"""Bans and mutes: what is left to those they are about, who may decide them, and what follows."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.model import NOWHERE, Asker, Inquiry, Origin, Place, RuleKind, State
from tests.flows.story import Story, open_story, said
from tests.records.test_erasure import erased


async def decide_ban(story: Story, name: str) -> None:
    """A ban in the journal, without what the command does about it."""
    asker = Asker(person=story.person("ada"), place=story.place(), event=None)
    decisions = story.app.roles.decisions
    rule = decisions.rule(asker, RuleKind.BAN, f"person:playground:studio:{name}", "spam")
    await decisions.decide(asker, [rule], act="ban.set")


async def test_a_banned_person_may_only_read_and_object(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        await story.say("imagine a mill")
        answer = said(await story.say("ban <@grace> spam", who="ada"))
        assert "nothing → spam" in answer
        refused = said(await story.say("imagine a mill"))
        assert "You are banned from Limner: spam." in refused
        assert "/appeal" in refused
        for line in ("history", "models", "queue", "link", "show 7kq2mw9x", "keep 7kq2mw9x"):
            assert "banned" in said(await story.say(line)), line
        assert "How to use" in said(await story.say("help"))
        assert "/imagine" not in said(await story.say("help"))
        sections = await story.app.dispatch.home(story.person("grace"), story.place())
        assert "banned" in sections[0].text
        assert len(sections) == 2
        assert "Ban lifted" in said(await story.say("ban <@grace> --lift", who="ada"))
        assert (await story.say("imagine a mill")).job


async def test_what_a_banned_person_has_on_the_way_is_cancelled_and_that_is_said(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_DELAY="30", BOT_RUNNING="1") as story:
        running, waiting = await story.say("imagine a mill"), await story.say("imagine a pond")
        await story.until(running.job, State.SUBMITTED)
        answer = said(await story.say("ban <@grace>", who="ada"))
        assert "2 jobs on the way were cancelled" in answer
        assert "no reason given" in answer
        for job in (running.job, waiting.job):
            assert (await story.shown(job)).state is State.CANCELLED


async def test_a_job_that_slips_in_beside_a_ban_is_not_drawn(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        answer = await story.say("imagine a mill")
        await decide_ban(story, "grace")
        await story.app.drawer.draw(answer.job)
        assert (await story.app.store.find(answer.job)).state is State.CANCELLED


async def test_a_muted_person_may_look_but_not_draw_until_a_moment_of_their_own_day(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a mill", who="linus")
        answer = await story.say("mute <@grace> --for 2d cool down", who="maya")
        assert "(Asia/Kolkata)" in said(answer)
        refused = said(await story.say("imagine a mill"))
        assert "look but not draw until" in refused
        assert "(America/New_York): cool down." in refused
        for line in (f"vary {job.id} 1", f"again {job.id}", "imagine"):
            assert "not draw" in said(await story.say(line)), line
        assert "not draw" in said(await story.react(await story.result(job.id), "🔁"))
        assert f"Job {job.id}" in said(await story.say(f"keep {job.id}"))
        assert "drawn" in said(await story.say(f"show {job.id}")).casefold() or job.id in said(await story.say(f"show {job.id}"))
        assert "Mute lifted" in said(await story.say("mute <@grace> --lift", who="maya"))
        assert (await story.say("imagine a mill")).job


@pytest.mark.parametrize(
    ("who", "line", "sentence"),
    [
        ("ada", "ban <@ada>", "cannot ban yourself"),
        ("maya", "mute <@maya>", "cannot mute yourself"),
        ("maya", "mute <@ada>", "same role as you, or a higher one"),
        ("maya", "ban <@grace>", "is for admins"),
        ("grace", "mute <@linus>", "is for reviewers"),
        ("ada", "ban <@kenji>", "same role as you, or a higher one"),
        ("ada", "ban <@linus>", "same role as you, or a higher one"),
        ("ada", "ban <@nobody> --for 400d", "at most a year"),
    ],
)
async def test_nobody_decides_about_themselves_or_somebody_above(tmp_path: Path, who: str, line: str, sentence: str) -> None:
    async with open_story(tmp_path, working=False, BOT_ADMINS="playground:kenji") as story:
        for each in ("ada", "maya", "grace", "linus", "kenji"):
            await story.say("help", who=each)
        await story.say("role set <@linus> admin", who="kenji")
        assert sentence in said(await story.say(line, who=who))


async def test_whoever_lost_a_role_can_be_banned_at_once(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False, BOT_ADMINS="playground:kenji") as story:
        await story.say("role set <@linus> admin", who="kenji")
        await story.say("help", who="linus")
        await story.say("role remove <@linus>", who="kenji")
        assert "Banned" in said(await story.say("ban <@linus>", who="ada"))
        assert "banned" in said(await story.say("role set <@linus> admin", who="linus"))


async def test_those_whom_the_settings_name_cannot_be_locked_out(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False, BOT_ADMINS="playground:kenji") as story:
        await decide_ban(story, "kenji")
        assert (await story.say("imagine a mill", who="kenji")).job


async def test_a_reviewer_undoes_a_mute_but_no_ban(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        muted = (await story.say("mute <@grace>", who="maya")).whisper
        banned = (await story.say("ban <@linus>", who="ada")).whisper
        assert muted is not None
        assert banned is not None
        assert "Only an admin" in said(await story.say(banned.actions[0].line, who="maya", origin=Origin.BUTTON))
        assert "Undone" in said(await story.say(muted.actions[0].line, who="maya", origin=Origin.BUTTON))
        assert (await story.say("imagine a mill")).job


async def test_a_guest_is_banned_where_they_are_a_guest_and_not_at_home(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        guest = replace(story.person("grace"), workspace="elsewhere", id="guest", name="Guest")
        await story.app.store.meet(guest)
        await story.say("ban <@guest>", who="ada")
        roles = story.app.roles
        assert (await roles.rights(guest, story.place())).ban
        assert not (await roles.rights(guest, replace(story.place(), workspace="elsewhere"))).ban


async def test_a_conversation_in_no_workspace_is_no_way_round_a_ban(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        outside = replace(story.person("grace"), workspace=NOWHERE)
        alone = Place(platform="playground", workspace=NOWHERE, channel="7", direct=True)
        roles = story.app.roles
        await story.say("ban <@grace> spam --for 2d", who="ada")
        assert (await roles.rights(outside, alone)).ban
        assert not (await roles.rights(replace(outside, id="race"), alone)).ban, "an id that ends alike is somebody else"
        assert not (await roles.rights(replace(outside, workspace="elsewhere"), replace(alone, workspace="elsewhere"))).ban
        await story.say("ban <@grace> --lift", who="ada")
        assert not (await roles.rights(outside, alone)).ban


async def test_what_an_erasure_left_of_a_ban_can_be_lifted(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        await story.say("ban <@grace> spam", who="ada")
        await erased(story)
        assert "banned" in said(await story.say("imagine a pond"))
        lifted = await story.say("ban <@grace> --lift", who="ada")
        assert "Ban lifted" in said(lifted)
        assert (await story.say("imagine a pond")).job


@pytest.mark.parametrize("moment", ["2020-01-01T00:00:00+00:00", "2020-01-01", "further notice"])
async def test_a_reason_that_ends_in_a_moment_is_undone_and_put_back_as_it_was_said(tmp_path: Path, moment: str) -> None:
    async with open_story(tmp_path, working=False) as story:
        await story.say(f"ban <@kenji> spam until {moment}", who="ada")
        for act, banned in (("ban.set", False), ("ban.set.undone", True)):
            [entry] = await story.app.store.entries(Inquiry(act=act, workspace="playground:studio"), limit=1)
            assert "Undone" in said(await story.say(f"undo {entry.number}", who="ada"))
            assert (f"banned from Limner: spam until {moment}" in said(await story.say("imagine x", who="kenji"))) is banned


async def test_a_word_for_lifting_that_is_no_command_leads_to_the_line_that_lifts(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        for act in ("ban", "mute"):
            answer = await story.say(f"un{act} <@grace>", who="ada")
            assert answer.whisper
            assert answer.whisper.code.removeprefix("/") == f"{act} <@grace> --lift"
