"""Privacy: what is kept about somebody is shown to them and given to them, and to nobody else."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.app import Fakes
from bot.errors import PlatformFault
from bot.model import Asker, CaseKind, Inquiry, Message, Post, State
from tests.flows.story import Story, eventually, open_story, said
from tests.reviews.scene import open_scene


async def unpacked(story: Story, who: str = "grace") -> dict[str, bytes]:
    page = (await story.say("privacy export", who=who)).whisper
    assert page
    found: dict[str, bytes] = {}
    for document in page.documents:
        with zipfile.ZipFile(io.BytesIO((await story.app.files.get(document.key)).body)) as pack:
            found |= {name: pack.read(name) for name in pack.namelist()}
    return found


async def test_everything_about_a_person_is_in_their_export_and_nothing_about_others(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a red fox --count 2")
        await story.drawn("imagine a secret of linus", who="linus")
        await story.say(f"keep {job.id}")
        await story.say("quota set @grace 40/day", who="ada")
        source = await story.upload(job)
        edited = await story.until((await story.say("imagine a blue fox", attachments=(source,))).job, State.DELIVERED)
        found = await unpacked(story)
        assert [each["request"]["prompt"] for each in json.loads(found["jobs.json"])] == ["a red fox", "a blue fox"]
        assert [each["kind"] for each in json.loads(found["marks.json"])] == ["keep"]
        assert [each["value"] for each in json.loads(found["rules.json"])] == ["40"]
        assert [each["act"] for each in json.loads(found["audit.json"])] == ["quota.set"]
        assert json.loads(found["people.json"])[0]["name"] == "Grace"
        for image in job.images:
            assert found[f"pictures/{job.id}-{image.index}.png"] == (await story.app.files.get(image.key)).body
        assert [name for name in found if name.startswith(f"uploads/{edited.id}")]
        assert not any(b"linus" in body.lower() for name, body in found.items() if name.endswith(".json"))
        [entry] = await story.app.store.entries(Inquiry(act="export.privacy"))
        assert entry.facts == {"parts": "1"}


async def test_an_export_that_is_too_large_comes_in_parts(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        privacy = story.app.records.privacy
        first = await story.drawn("imagine a red fox")
        large = await story.app.files.put(bytes(5_000_000), kind="images", owner=first.id, media_type="image/png")
        store: Any = story.app.store
        for number in range(13):
            image = replace(first.images[0], key=large)
            await store.record(replace(first, id=f"{first.id[:6]}{number:02}", images=(image,)), event=None)
        asker = _asker(story)
        documents, more = await privacy.export(asker)
        assert ([document.name for document in documents], more) == ([f"limner-{number}.zip" for number in range(1, 6)], True)
        names: list[str] = []
        first_part = 1
        while more or first_part == 1:
            documents, more = await privacy.export(asker, first=first_part)
            first_part += len(documents)
            for document in documents:
                body = (await story.app.files.get(document.key)).body
                assert len(body) < 9 * 1024 * 1024
                with zipfile.ZipFile(io.BytesIO(body)) as pack:
                    names += [name for name in pack.namelist() if name.startswith("pictures/")]
        assert len(names) == len(set(names)) == 14


async def test_the_page_counts_what_is_there(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a red fox --count 2")
        await story.say(f"rate {job.id} up")
        page = said(await story.say("privacy"))
        for words in ("Grace on Playground", "1 job,", "1 with their words", "2 pictures", "1 up", "temporary 1 day"):
            assert words in page
        await story.say(f"delete {job.id}")
        assert "0 pictures" in said(await story.say("privacy"))


async def test_an_erasure_asks_before_and_cancels_what_runs(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        job = (await story.say("imagine a red fox")).job
        assert "cannot be undone" in said(await story.say("privacy erase"))
        assert await story.app.store.erasures() == []
        assert "being erased" in said(await story.say("privacy erase --sure"))
        assert "already" in said(await story.say("privacy erase --sure"))
        assert "being erased right now" in said(await story.say("privacy"))
        assert not await story.app.records.privacy.go_on(), "it waits for the cancel to be told"
        assert (await story.app.store.find(job)).state is State.CANCELLED
        await story.app.teller.tell(job)
        assert await story.app.records.privacy.go_on()
        left = await story.app.store.find(job)
        assert (left.request.prompt, left.person.id, left.images) == ("", "erased", ())
        [erasure] = await story.app.store.entries(Inquiry(act="privacy.erased"))
        assert (erasure.who, erasure.facts["jobs"]) == ("limner", "1")


async def test_what_was_used_stays_used_after_an_erasure(tmp_path: Path) -> None:
    async with open_story(tmp_path, BOT_QUOTA_DAY="2") as story:
        job = await story.drawn("imagine a small boat --count 2")
        await story.say("privacy erase --sure")

        async def erased() -> bool:
            return (await story.app.store.find(job.id)).person.id == "erased"

        await eventually(erased)
        assert "2 of 2 images" in said(await story.say("imagine a red fox"))


async def test_a_limit_of_ones_own_outlives_an_erasure_until_an_admin_takes_it_back(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        await story.say("quota set <@grace> 3/day", who="ada")
        await story.say("privacy erase --sure")
        assert await story.app.records.privacy.go_on()
        assert "of 3 images" in said(await story.say("quota"))
        await story.say("quota set <@grace> usual", who="ada")
        assert "of 50 images" in said(await story.say("quota"))


async def test_a_pause_after_strikes_outlives_an_erasure(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        await story.say("review strikes 2/7d --cooldown 1d", who="ada")
        for _ in range(2):
            assert "not allowed here" in said(await story.say("imagine a decapitated man"))
        assert "You have to pause" in said(await story.say("imagine a boat"))
        await story.say("privacy erase --sure")
        assert await story.app.records.privacy.go_on()
        assert "You have to pause" in said(await story.say("imagine a boat"))


async def test_an_erasure_goes_on_where_a_dead_process_left_it(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a red fox")
    async with open_story(tmp_path, working=False) as story:
        await story.say("privacy erase --sure")
    async with open_story(tmp_path) as story:

        async def done() -> bool:
            return not await story.app.store.erasures()

        await eventually(done)
        assert (await story.app.store.find(job.id)).person.id == "erased"


class Stubborn:
    """A chat that lets nobody change a post, for a while or for good."""

    def __init__(self, part: Any, *, permanent: bool) -> None:
        self._part = part
        self._permanent = permanent
        self.open = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._part, name)

    async def edit(self, post: Post, message: Message) -> None:
        if "was erased" in message.text and not self.open:
            raise PlatformFault("The channel is closed.", permanent=self._permanent)
        await self._part.edit(post, message)


async def _stubborn(tmp_path: Path, *, permanent: bool) -> list[str]:
    stubborn: list[Stubborn] = []

    def around(part: Any) -> Any:
        if hasattr(part, "open_thread"):
            stubborn.append(Stubborn(part, permanent=permanent))
            return stubborn[-1]
        return part

    seen: list[str] = []
    async with open_story(tmp_path, fakes=Fakes(around=around), working=True) as story:
        await story.drawn("imagine a red fox")
        await story.say("privacy erase --sure")

        async def done() -> bool:
            if not permanent and not stubborn[0].open:
                stubborn[0].open = True
                seen.append("opened")
            return not await story.app.store.erasures()

        await eventually(done)
        [entry] = await story.app.store.entries(Inquiry(act="privacy.erased"))
        return [*seen, entry.facts["unreached"]]


async def test_a_post_out_of_reach_for_good_is_counted_and_told(tmp_path: Path) -> None:
    assert await _stubborn(tmp_path, permanent=True) == ["2"]


async def test_a_post_out_of_reach_for_a_while_is_tried_again(tmp_path: Path) -> None:
    assert await _stubborn(tmp_path, permanent=False) == ["opened", "0"]


async def test_the_card_for_reviewers_is_emptied_as_well(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        await scene.say("review channel here", who="ada", channel="review")
        _, case = await scene.asked(kind=CaseKind.PROMPT)
        assert "doubtful" in str(await scene.review_card(case))
        await scene.say("privacy erase --sure")

        async def done() -> bool:
            return not await scene.app.store.erasures()

        await eventually(done)
        assert not [entry for entry in await scene.channel("review", who="ada") if "a doubtful thing" in str(entry.content)]
        assert await scene.app.store.cases_of(case.job) == []


def _asker(story: Story) -> Asker:
    return Asker(person=story.person("grace"), place=story.place(), event=None)


async def test_entries_about_an_erased_person_cannot_be_undone(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        await story.drawn("imagine a red fox")
        await story.say("quota set @grace 3/day", who="ada")
        [entry] = await story.app.store.entries(Inquiry(act="quota.set"))
        await story.say("privacy erase --sure")

        async def done() -> bool:
            return not await story.app.store.erasures()

        await eventually(done)
        assert "erased since" in said(await story.say(f"undo {entry.number}", who="ada"))
        assert "somebody erased" in said(await story.say("audit", who="ada"))
