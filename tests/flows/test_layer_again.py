"""What was drawn before: given again from the files where that is right, and only there."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bot.model import Concern, Job, Level, Person, Place, Promise, State, Term
from tests.flows.story import Story, open_story, said
from tests.flows.test_restart import Fuse, ProcessDied, drive
from tests.flows.test_services import EASY, Service, body_of, services

LINE = "imagine a fox --seed 42"


@pytest.fixture
def service() -> Service:
    return Service("acme", replace(EASY, most=4, version="1"))


@pytest.fixture
async def story(tmp_path: Path, service: Service) -> AsyncGenerator[Story]:
    async with open_story(tmp_path, fakes=services(service)) as opened:
        yield opened


async def drawn(story: Story, line: str = LINE, *, who: str = "grace", channel: str = "general", private: bool = False) -> Job:
    answer = await story.say(line, who=who, channel=channel, private=private)
    assert answer.job, said(answer)
    await story.until(answer.job, State.DELIVERED)
    return await story.shown(answer.job)


@pytest.mark.parametrize(
    "line",
    [
        "imagine a red fox --seed 42",
        "imagine a fox --seed 43",
        "imagine a fox --seed 42 --count 2",
        "imagine a fox --seed 42 --ar 16:9",
        "imagine a fox --seed 42 --fresh",
        "imagine a fox",
    ],
)
async def test_anything_else_is_drawn(story: Story, service: Service, line: str) -> None:
    await drawn(story)
    assert (await drawn(story, line)).reuse == ""
    assert len(service.orders) == 2


async def test_a_rerun_comes_from_the_files_and_a_fresh_one_does_not(story: Story, service: Service) -> None:
    first = await drawn(story, "imagine a fox")
    again = await drawn(story, f"rerun {first.id}", who="ada")
    assert (again.reuse, again.cost) == (first.id, Decimal(0))
    assert "0 of 50" in said(await story.say("quota", who="ada"))
    assert (await drawn(story, f"rerun {first.id} --fresh")).reuse == ""
    assert len(service.orders) == 2


async def test_a_new_version_of_a_model_draws_anew(tmp_path: Path, service: Service) -> None:
    async with open_story(tmp_path, fakes=services(service)) as story:
        await drawn(story)
    newer = Service("acme", replace(EASY, most=4, version="2"))
    async with open_story(tmp_path, fakes=services(newer)) as story:
        assert (await drawn(story)).reuse == ""
    assert len(newer.orders) == 1


async def test_what_somebody_drew_alone_with_the_bot_is_told_to_nobody(story: Story, service: Service) -> None:
    mine = await drawn(story, channel="dm-grace")
    assert (await drawn(story, channel="dm-grace")).reuse == mine.id
    theirs = await drawn(story, who="ada")
    assert theirs.reuse == ""
    assert mine.id not in str(await story.card(theirs.id))
    assert len(service.orders) == 2


async def test_what_was_drawn_in_a_private_channel_stays_there(story: Story, service: Service) -> None:
    first = await drawn(story, channel="design", private=True)
    assert (await drawn(story, who="ada", channel="design", private=True)).reuse == first.id, "who is there may see it"
    outside = await drawn(story, who="linus")
    assert outside.reuse == ""
    assert first.id not in str(await story.card(outside.id))
    assert len(service.orders) == 2


async def test_those_who_moderate_learn_no_more_by_drawing_than_others(story: Story) -> None:
    first = await drawn(story, who="linus", channel="dm-linus")
    assert first.id not in str(await story.card((await drawn(story, who="ada")).id))


class AgeCheck:
    """Lets pass in an age-restricted channel what it blurs elsewhere."""

    name = "agecheck"
    remote = False

    async def prompt(self, person: Person, place: Place, text: str, *, listed: Sequence[Term] = ()) -> Sequence[Concern]:
        return ()

    async def image(self, place: Place, image: bytes) -> Sequence[Concern]:
        return [] if place.age_restricted else [Concern(category="horror", source="test")]


async def test_what_passed_in_an_age_restricted_channel_is_not_given_elsewhere(tmp_path: Path, service: Service) -> None:
    fakes = replace(services(service), moderators=[AgeCheck()])
    async with open_story(tmp_path, fakes=fakes) as story:
        wild = await drawn(story, channel="after-dark")
        assert wild.images[0].verdict.level is Level.ALLOW
        tame = await drawn(story)
        assert (tame.reuse, tame.images[0].verdict.level) == ("", Level.BLUR)
        third = await drawn(story, who="ada")
        assert (third.reuse, third.images[0].verdict.level) == (tame.id, Level.BLUR), "a blur stays"


class Stricter:
    """A policy that becomes stricter one day."""

    name = "stricter"
    remote = False

    def __init__(self) -> None:
        self.level = Level.ALLOW

    async def prompt(self, person: Person, place: Place, text: str, *, listed: Sequence[Term] = ()) -> Sequence[Concern]:
        return ()

    async def image(self, place: Place, image: bytes) -> Sequence[Concern]:
        category = {Level.BLUR: "horror", Level.BLOCK: "gore"}.get(self.level)
        return [Concern(category=category, source="test")] if category else []


@pytest.mark.parametrize(("level", "state"), [(Level.BLUR, State.DELIVERED), (Level.BLOCK, State.BLOCKED)])
async def test_the_policy_of_today_holds_for_the_pictures_of_yesterday(
    tmp_path: Path, service: Service, level: Level, state: State
) -> None:
    policy = Stricter()
    async with open_story(tmp_path, fakes=replace(services(service), moderators=[policy])) as story:
        line = f"{LINE} --count 2"
        first = await drawn(story, line)
        assert first.overview
        policy.level = level
        answer = await story.say(line, who="ada")
        again = await story.until(answer.job)
        assert (again.state, again.reuse) == (state, first.id)
        assert {image.verdict.level for image in again.images} <= {level}
        assert again.overview == "", "no overview shows what is behind a spoiler"


async def test_fewer_pictures_than_asked_for_are_no_answer_to_the_same_question(tmp_path: Path) -> None:
    service = Service("acme", at_once=True)
    service.failing = {"2"}
    async with open_story(tmp_path, fakes=services(service)) as story:
        assert len((await drawn(story, f"{LINE} --count 3")).images) == 2
        service.failing = set()
        again = await drawn(story, f"{LINE} --count 3")
        assert (again.reuse, len(again.images)) == ("", 3)


async def test_a_copy_of_a_copy_outlives_both(story: Story, service: Service) -> None:
    first = await drawn(story)
    second = await drawn(story, who="ada")
    await story.say(f"delete {first.id}")
    third = await drawn(story, who="linus")
    assert third.reuse == second.id
    await story.say(f"delete {second.id}", who="ada")
    fourth = await drawn(story)
    assert fourth.reuse == third.id
    assert len(service.orders) == 1
    for job in (third, fourth):
        assert [image.digest for image in job.images] == [image.digest for image in first.images]
        assert await story.app.files.get(job.images[0].key)


async def test_files_that_have_gone_are_drawn_anew(story: Story, service: Service) -> None:
    first = await drawn(story)
    await story.app.files.delete(first.images[0].key)
    assert (await drawn(story)).reuse == ""
    assert len(service.orders) == 2


async def test_two_who_ask_at_the_same_time_both_get_their_picture(story: Story, service: Service) -> None:
    service.ready.clear()
    answers = [await story.say(LINE, who=who) for who in ("grace", "ada")]
    service.ready.set()
    jobs = [await story.until(answer.job, State.DELIVERED) for answer in answers]
    assert [job.reuse for job in jobs] == ["", ""]


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
async def test_dying_while_pictures_are_given_again_gives_them_once_and_orders_nothing(tmp_path: Path, *, after: bool) -> None:
    for at in range(1, 30):
        folder, service = tmp_path / str(at), Service("acme")
        async with open_story(folder, fakes=services(service)) as story:
            await drawn(story)
        fuse = Fuse(at=at, after=after)
        async with open_story(folder, fakes=replace(services(service), around=fuse.around), working=False) as story:
            answer = await story.say(LINE, who="ada")
            died = False
            try:
                await drive(story.app, answer.job)
            except* ProcessDied:
                died = True
        if not died:
            assert at > 4
            return
        async with open_story(folder, fakes=services(service), working=False) as story:
            await drive(story.app, answer.job)
            assert len(await story.results(answer.job)) == 1
            assert "drawn before" in body_of(await story.card(answer.job))
            assert "0 of 50" in said(await story.say("quota", who="ada"))
        assert len(service.orders) == 1
    pytest.fail("there were more effects than the test expects")


async def test_a_model_that_repeats_nothing_has_no_before(tmp_path: Path) -> None:
    service = Service("acme", replace(EASY, promise=Promise.NOT_REPEATABLE))
    async with open_story(tmp_path, fakes=services(service)) as story:
        first = await drawn(story)
        assert (first.likeness, (await drawn(story)).reuse) == ("", "")
