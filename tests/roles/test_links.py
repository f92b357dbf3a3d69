"""Links: one human on two platforms, and nobody else by a trick."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import Fakes
from bot.model import Answer, Inquiry, Invocation, Message, Origin, Person, Place, Role, State
from tests.flows.story import NUMBERS, Story, eventually, open_story, said

THERE = Place(platform="chatter", workspace="guild", channel="lobby")
GRACE = Person(platform="chatter", workspace="guild", id="77", name="gracie", zone="Europe/Berlin")
MALLORY = replace(GRACE, id="66", name="mallory")


async def say(story: Story, line: str, person: Person = GRACE) -> Answer:
    """Said on the other platform."""
    invocation = Invocation(person=person, place=THERE, event=f"there {next(NUMBERS)}", origin=Origin.COMMAND, line=line)
    return await story.app.dispatch.handle(invocation)


def page(answer: Answer) -> Message:
    assert answer.whisper is not None
    return answer.whisper


async def linked(story: Story) -> None:
    code = page(await story.say("link")).code
    proposal = page(await say(story, code))
    assert "Linked" in said(await say(story, proposal.actions[0].line))


async def test_two_who_become_one_have_one_quota_one_history_and_one_set_of_favourites(tmp_path: Path) -> None:
    async with open_story(tmp_path, BOT_QUOTA_DAY="3") as story:
        job = await story.drawn("imagine a mill --count 2")
        await story.say(f"keep {job.id}")
        assert job.id not in said(await say(story, "history"))
        assert "no job" in said(await say(story, f"show {job.id}"))
        await linked(story)
        assert "2 of 3" in said(await say(story, "quota"))
        assert job.id in said(await say(story, "history"))
        assert job.id in said(await say(story, "history --kept"))
        await say(story, f"keep {job.id} --off")
        assert job.id not in said(await story.say("history --kept"))
        assert "a mill" in said(await say(story, f"show {job.id}"))
        assert "2 of 3 images" in said(await say(story, f"again {job.id}"))
        assert "gone" in said(await say(story, f"delete {job.id}"))


async def test_the_second_side_is_shown_who_it_would_be_and_says_yes(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        code = page(await story.say("link")).code
        proposal = page(await say(story, f"link {code.split()[1].lower()[:4]} {code.split()[1][4:]}"))
        assert "Grace on Playground (studio)" in proposal.text
        assert "do not" in proposal.text
        assert (await story.app.store.account(GRACE)).people == (GRACE.key,), "not linked before the yes"
        line = proposal.actions[0].line
        assert len(line) < 100
        assert "too late to confirm" in said(await say(story, line, MALLORY)), "the yes of somebody else is nobody's"
        assert "not valid" in said(await say(story, code, MALLORY)), "a code works once"
        confirmed = said(await say(story, line))
        assert "Linked" in confirmed
        assert "gracie on Chatter (guild)" in confirmed
        assert "too late to confirm" in said(await say(story, line))
        assert (await story.app.store.account(story.person("grace"))).people == (await story.app.store.account(GRACE)).people


async def test_codes_end_after_ten_minutes_and_with_the_next_one(tmp_path: Path) -> None:
    clock = [datetime(2026, 5, 4, 12, 0, tzinfo=UTC)]
    async with open_story(tmp_path, fakes=Fakes(now=lambda: clock[0]), working=False) as story:
        first = page(await story.say("link"))
        assert "08:10 (America/New_York)" in first.text
        second = page(await story.say("link")).code
        assert "not valid" in said(await say(story, first.code))
        clock[0] += timedelta(minutes=10)
        assert "not valid" in said(await say(story, second))
        third = page(await story.say("link")).code
        line = page(await say(story, third)).actions[0].line
        clock[0] += timedelta(minutes=10)
        assert "too late" in said(await say(story, line))


async def test_who_guesses_codes_is_stopped_after_five_and_may_try_again_in_the_next_hour(tmp_path: Path) -> None:
    clock = [datetime(2026, 5, 4, 12, 30, tzinfo=UTC)]
    async with open_story(tmp_path, fakes=Fakes(now=lambda: clock[0]), working=False) as story:
        guesses = await asyncio.gather(*(say(story, "link AAAAAAAA", MALLORY) for _ in range(20)))
        assert sum("not valid" in said(guess) for guess in guesses) == 5, "many at once are no way round"
        code = page(await story.say("link")).code
        stopped = said(await say(story, code, MALLORY))
        assert "5 codes within the hour" in stopped
        assert "in 30 min" in stopped
        assert "Is that you" in said(await say(story, code)), "others are not"
        clock[0] += timedelta(minutes=30)
        assert "not valid" in said(await say(story, "link AAAAAAAA", MALLORY))


async def test_a_code_is_kept_as_a_digest_alone_and_is_in_no_entry(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        code = page(await story.say("link")).code.split()[1]
        token = page(await say(story, f"link {code}")).actions[0].line.split()[1]
    for file in tmp_path.glob("limner.db*"):
        content = file.read_bytes()
        assert code.encode() not in content
        assert token.encode() not in content


async def test_two_people_of_one_workspace_and_one_alone_cannot_be_linked(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        code = page(await story.say("link")).code
        assert "Two people of one workspace" in said(await story.say(code, who="linus"))
        own = page(await story.say("link")).code
        assert "one already" in said(await story.say(own))
        await linked(story)
        other = page(await story.say("link", who="linus")).code
        assert "Two people of one workspace" in said(await say(story, other)), "not by way of a third either"


async def test_roles_do_not_cross(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False, BOT_ADMINS="playground:grace") as story:
        await linked(story)
        assert "is for admins" in said(await say(story, "ban <@66> x"))
        assert "is for admins" in said(await say(story, "settings --results channel"))


async def test_the_linked_are_banned_together_and_neither_can_slip_away(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        waiting = await story.say("imagine a mill")
        await linked(story)
        await story.say("ban <@grace> spam", who="ada")
        assert (await story.app.store.find(waiting.job)).state is State.CANCELLED
        for line in ("imagine a pond", "link end", "link"):
            assert "banned from Limner: spam" in said(await say(story, line)), line
        boss = replace(GRACE, id="boss", roles=frozenset({Role.MEMBER, Role.ADMIN}))
        await say(story, "help", boss)
        assert "Nothing changed" in said(await say(story, "ban <@77> --lift", boss))
        assert "banned" in said(await say(story, "imagine a pond"))
        await story.say("ban <@grace> --lift", who="ada")
        assert "banned" not in said(await say(story, "history"))


async def test_a_ban_that_came_by_a_link_stays_when_an_erasure_ends_the_link(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        await linked(story)
        await story.say("ban <@grace> spam", who="ada")
        await say(story, "privacy erase --sure")

        async def done() -> bool:
            return bool(await story.app.store.entries(Inquiry(act="privacy.erased"))) and not await story.app.store.erasures()

        await eventually(done)
        assert "banned" in said(await story.say("imagine a pond"))
        assert "banned" in said(await say(story, "imagine a pond"))


async def test_a_ban_does_not_reach_somebody_who_runs_the_other_side(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        await linked(story)
        await story.say("ban <@grace> spam", who="ada")
        chief = replace(GRACE, roles=frozenset({Role.MEMBER, Role.ADMIN}))
        assert "banned" not in said(await say(story, "history", chief))


async def test_nobody_is_linked_with_somebody_who_is_banned(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        code = page(await story.say("link")).code
        await story.say("ban <@grace> spam", who="ada")
        assert "is banned" in said(await say(story, code))


async def test_a_link_is_shown_ended_and_on_record_on_both_sides(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        assert "linked with nobody" in said(await say(story, "link show"))
        assert "linked with nobody" in said(await say(story, "link end"))
        await linked(story)
        shown = page(await say(story, "link show"))
        assert "Grace on Playground (studio)" in shown.text
        assert "of your own again" in said(await say(story, shown.actions[0].line))
        assert (await story.app.store.account(GRACE)).people == (GRACE.key,)
        entries = [await story.app.store.entry(number) for number in range(1, 6)]
        assert [(entry.act, entry.platform) for entry in entries] == [
            ("link.offered", "playground"),
            ("link", "chatter"),
            ("link", "playground"),
            ("unlink", "chatter"),
            ("unlink", "playground"),
        ]
