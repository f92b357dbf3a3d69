"""Places: who sees what of private channels and of other people's jobs, who is who across workspaces, and a page of one's own."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.app import Fakes
from bot.errors import StoreFault
from bot.model import Answer, Invocation, Message, Origin, Person, Rule, RuleKind, State
from tests.flows.story import NUMBERS, Story, open_story, said, text_of


async def private_job(story: Story, line: str = "imagine a secret plan") -> str:
    answer = await story.say(line, channel="brand", private=True)
    await story.until(answer.job, State.DELIVERED)
    await story.shown(answer.job)
    return answer.job


async def test_a_private_channels_job_is_seen_from_there_and_nowhere_else(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await private_job(story)
        for line in (f"show {job}", f"vary {job}", f"remix {job}", f"edit {job}", f"keep {job}", f"rerun {job}", f"delete {job}"):
            answer = await story.say(line, who="linus", channel="design")
            assert "no job" in said(answer), line
            assert answer.form is None, line
            assert not answer.job, line
        assert "secret plan" in said(await story.say(f"show {job}", who="linus", channel="brand", private=True))
        assert "secret plan" in said(await story.say(f"show {job}", channel="design")), "one's own, from anywhere"


async def test_what_a_public_picture_came_from_in_private_is_not_told(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        child = await story.drawn(f"edit {await private_job(story)} make it blue")
        assert "secret plan" not in said(await story.say(f"show {child.id}", who="linus"))
        assert "secret plan" in said(await story.say(f"show {child.id}"))


async def test_moderators_may_see_a_private_channels_job_from_elsewhere(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await private_job(story)
        for who in ("maya", "ada"):
            assert "secret plan" in said(await story.say(f"show {job}", who=who, channel="design"))


async def test_a_favourite_from_a_private_channel_is_listed_there_alone(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await private_job(story)
        await story.say(f"keep {job}", who="linus", channel="brand", private=True)
        assert job in said(await story.say("history --kept", who="linus", channel="brand", private=True))
        assert job not in said(await story.say("history --kept", who="linus", channel="design"))


async def as_person(story: Story, person: Person, line: str) -> Answer:
    place = story.place("general")
    return await story.app.dispatch.handle(
        Invocation(person=person, place=place, event=f"event {next(NUMBERS)}", origin=Origin.COMMAND, line=line)
    )


async def test_the_quota_of_a_guest_is_set_where_they_are_at_home(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        guest = Person(platform="playground", workspace="partner", id="UGUEST", name="Hedy")
        await as_person(story, guest, "quota")
        assert "belong to another workspace" in said(await story.say("quota set <@UGUEST> 7/day", who="ada"))
        assert "of 50 images" in said(await as_person(story, guest, "quota"))
        assert "not met" in said(await story.say("quota set @Hedy 8/day", who="ada")), "a name is somebody of this workspace only"


async def test_a_mention_of_somebody_here_is_never_somebody_elsewhere(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        twin = Person(platform="playground", workspace="partner", id="grace", name="Another Grace")
        await as_person(story, twin, "quota")
        await story.say("quota")
        await story.say("quota set <@grace> 7/day", who="ada")
        assert "of 7 images" in said(await story.say("quota"))
        assert "of 50 images" in said(await as_person(story, twin, "quota"))


async def home(story: Story, who: str = "grace") -> dict[str, Message]:
    """The page's sections by their titles."""
    direct = story.place(f"dm-{who}")
    sections: Sequence[Message] = await story.app.dispatch.home(story.person(who), direct)
    return {section.title: section for section in sections}


async def test_a_home_page_begins_with_how_to_and_a_button_that_opens_the_form(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        page = await home(story)
        assert list(page) == ["Limner draws what you say", "Your quota", "Your last images", "Your favourites"]
        button = page["Limner draws what you say"].actions[0]
        assert (button.label, (await story.say(button.line, origin=Origin.BUTTON)).form is not None) == ("Create an image", True)
        assert "0 of 50 images" in text_of(page["Your quota"])
        assert "Nothing yet" in page["Your last images"].body
        assert "None yet" in page["Your favourites"].body
        assert page["Your last images"].actions == ()


async def test_a_home_page_shows_the_last_images_and_the_favourites(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        jobs = [await story.drawn(f"imagine boat {number} --count 2") for number in range(5)]
        await story.drawn("imagine somebody else's boat", who="linus")
        await story.say(f"keep {jobs[0].id} 2")
        page = await home(story)
        last, kept = page["Your last images"], page["Your favourites"]
        assert [picture.key for picture in last.pictures] == [job.images[0].shown for job in reversed(jobs[1:])]
        assert all("boat" in picture.alt for picture in last.pictures)
        assert [picture.key for picture in kept.pictures] == [jobs[0].images[1].shown]
        assert [action.line for action in last.actions] == [f"show {job.id}" for job in reversed(jobs[1:])]
        assert "10 of 50" in text_of(page["Your quota"])
        assert (await home(story, "maya"))["Your last images"].pictures == ()


async def test_deleted_pictures_are_gone_from_the_home_page(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job, other = await story.drawn("imagine a boat"), await story.drawn("imagine a ship")
        await story.say(f"keep {job.id}")
        await story.say(f"delete {job.id}")
        page = await home(story)
        assert [picture.original for picture in page["Your last images"].pictures] == [other.images[0].key]
        assert job.id not in text_of(page["Your last images"])
        assert "None yet" in page["Your favourites"].body


async def test_a_home_page_shows_no_spoiler(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a nude figure study", channel="after-dark")
        await story.say(f"keep {job.id}", channel="after-dark")
        page = await home(story)
        assert page["Your last images"].pictures == ()
        assert page["Your favourites"].pictures == ()
        assert [action.line for action in page["Your last images"].actions] == [f"show {job.id}"]


async def test_a_private_job_of_ones_own_is_on_ones_own_page(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await private_job(story)
        assert job in text_of((await home(story))["Your last images"])
        assert job not in text_of((await home(story, "linus"))["Your last images"])


async def test_an_admin_named_by_the_setting_is_one_on_any_platform(tmp_path: Path) -> None:
    async with open_story(tmp_path, BOT_ADMINS="playground:linus") as story:
        linus = replace(story.person("linus"), roles=frozenset())
        assert "of 7 images" in said(await as_person(story, linus, "quota set <@grace> 7/day"))
        assert "for admins" in said(await story.say("settings", who="kenji"))


async def test_a_page_that_cannot_be_read_says_so_instead_of_breaking(tmp_path: Path) -> None:
    class Broken:
        def __init__(self, part: Any) -> None:
            self._part = part

        def __getattr__(self, name: str) -> Any:
            return getattr(self._part, name)

        async def rules(self, subjects: Sequence[str], kinds: Sequence[RuleKind] = ()) -> list[Rule]:
            raise StoreFault("The journal cannot be read.")

    fakes = Fakes(around=lambda part: Broken(part) if hasattr(part, "rules") else part)
    async with open_story(tmp_path, fakes=fakes) as story:
        page = await home(story)
        assert "cannot be read right now" in text_of(page["Limner"])
