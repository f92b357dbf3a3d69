"""Hostile: what the curious, the careless and the malicious send, and what they are told."""

import io
import json
import logging
import sqlite3
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from PIL import Image, PngImagePlugin

from bot import logs
from bot.app import Fakes
from bot.errors import StoreFault
from bot.model import Answer, Attachment, Concern, Invocation, Origin, Person, Place, State, Term
from tests.flows.process import get, started
from tests.flows.story import Story, open_story, said


@pytest.fixture
async def story(tmp_path: Path) -> AsyncGenerator[Story]:
    async with open_story(tmp_path, BOT_WAITING="50") as found:
        yield found


def png(size: tuple[int, int] = (64, 48), record: Mapping[str, Any] | None = None) -> bytes:
    info = PngImagePlugin.PngInfo()
    if record is not None:
        info.add_itxt("limner", json.dumps(record))
    file = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(file, "PNG", pnginfo=info)
    return file.getvalue()


async def attached(story: Story, content: bytes) -> Attachment:
    return await story.playground._uploads.keep("grace", "picture.png", "image/png", content)


async def rerun(story: Story, **request: object) -> Answer:
    """/rerun of a picture whose record somebody forged."""
    record = {"limner": 1, "prompt": "", "negative": "", "job": "nonesuch", "request": request}
    return await story.say("rerun", attachments=(await attached(story, png(record=record)),))


@pytest.mark.parametrize(
    ("line", "works"),
    [
        ("imagine --count 0", "/imagine a red fox in the snow --count 1"),
        ("imagin a grey goose --seed 7", "/imagine a grey goose --seed 7"),
        ("imagin a grey goose --count 0", "/imagine a grey goose --count 1"),
        ("imagine --seed --seed", "/imagine a red fox in the snow --seed 42"),
    ],
)
async def test_a_repaired_line_works_when_it_is_said(story: Story, line: str, works: str) -> None:
    answer = await story.say(line)
    assert answer.whisper is not None
    assert answer.whisper.code == works
    assert (await story.say(works)).job


async def test_a_person_is_understood_without_the_word_before(story: Story) -> None:
    assert "of 50 images" in said(await story.say("quota <@grace>", who="ada"))
    assert "Only an admin" in said(await story.say("quota <@ada>", who="grace"))


async def test_a_refusal_says_its_cost_once(story: Story) -> None:
    await story.say("quota set <@grace> 0/day", who="ada")
    answer = await story.say("imagine a fox")
    assert answer.whisper is not None
    assert answer.whisper.body.count("count") == 1


async def test_options_without_the_job_they_need_are_told_so(story: Story) -> None:
    assert "Name a job" in said(await story.say("vary", options={"image": 2}))
    assert "needs a job" in said(await story.say("upscale", options={"image": 2}))


async def test_a_forged_picture_is_no_way_round_the_length_of_a_prompt(story: Story) -> None:
    answer = await rerun(story, prompt="fox " * 2_000)
    assert not answer.job
    assert "4,000" in said(answer)


async def test_a_forged_picture_with_what_cannot_be_stored_reads_as_if_typed(story: Story) -> None:
    answer = await rerun(story, prompt="a\ud800 red\x00 fox", negative="\ud800birds")
    job = await story.app.store.find(answer.job)
    assert (job.request.prompt, job.request.negative) == ("a red fox", "birds")


async def test_a_picture_that_is_not_kept_any_more_is_the_persons_to_attach_again(story: Story) -> None:
    gone = Attachment(id="gone", name="fox.png", media_type="image/png", bytes=3)
    answer = await story.say("imagine a fox", attachments=(gone,))
    assert "Attach it again" in said(answer)


async def test_a_second_picture_is_not_dropped_silently(story: Story) -> None:
    two = (await attached(story, png()), await attached(story, png()))
    answer = await story.say("imagine a fox", attachments=two)
    assert not answer.job
    assert "2 pictures" in said(answer)


async def test_an_edit_keeps_the_shape_of_its_source(story: Story) -> None:
    answer = await story.say("imagine a fox", attachments=(await attached(story, png((640, 320))),))
    job = await story.app.store.find(answer.job)
    assert job.request.ratio == "2:1"
    answer = await story.say("imagine a fox --ar 1:1", attachments=(await attached(story, png((640, 320))),))
    assert (await story.app.store.find(answer.job)).request.ratio == "1:1"


async def test_deleted_images_are_not_varied_enlarged_or_kept(story: Story) -> None:
    job = await story.drawn("imagine a fox")
    await story.say(f"delete {job.id}")
    for line in ("vary", "upscale", "keep"):
        answer = await story.say(f"{line} {job.id}")
        assert not answer.job
        assert "were deleted" in said(answer), line
        assert f"/rerun {job.id}" in said(answer), line


async def test_deleting_what_has_no_images_claims_nothing(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_FAIL="server_error") as story:
        answer = await story.say("imagine a fox")
        await story.until(answer.job, State.FAILED)
        assert "no images to delete" in said(await story.say(f"delete {answer.job}"))
        assert "were deleted" not in said(await story.say(f"show {answer.job}"))


async def test_deleting_a_waiting_job_cancels_it_and_does_not_speak_of_images(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        answer = await story.say("imagine a fox")
        deleted = await story.say(f"delete {answer.job}")
        assert "images" not in said(deleted)
        assert (await story.app.store.find(answer.job)).state is State.CANCELLED


async def test_somebody_elses_job_is_refused_with_what_to_do(story: Story) -> None:
    job = await story.drawn("imagine a fox")
    for line in ("cancel", "delete"):
        answer = said(await story.say(f"{line} {job.id}", who="linus"))
        assert "Only Grace or a moderator" in answer
        assert "/report" in answer


async def test_what_the_policy_refused_is_repeated_to_nobody_else(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_FAIL="refuse") as story:
        answer = await story.say("imagine a quiet village")
        await story.shown(answer.job)
        for line in ("show", "remix", "again", "rerun"):
            other = await story.say(f"{line} {answer.job}", who="linus")
            assert not other.job, line
            assert other.form is None, line
            assert "quiet village" not in said(other), line
        assert "quiet village" in said(await story.say(f"show {answer.job}"))
        assert "quiet village" in said(await story.say(f"show {answer.job}", who="ada")), "moderators see what was refused"


async def test_a_cancel_said_twice_is_one_and_a_late_one_says_what_is_left(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_DELAY="30") as story:
        answer = await story.say("imagine a fox")
        await story.until(answer.job, State.SUBMITTED)
        assert (await story.say(f"cancel {answer.job}")).job
        await story.until(answer.job, State.CANCELLED)
        late = await story.say(f"cancel {answer.job}")
        assert late.whisper is not None
        assert late.whisper.title == "Too late for that"
        assert "cancelled already" in late.whisper.body


class Doubtful:
    """A moderator that refuses every picture, and no words."""

    name = "doubtful"
    remote = False

    async def prompt(self, person: Person, place: Place, text: str, *, listed: Sequence[Term] = ()) -> Sequence[Concern]:
        return ()

    async def image(self, place: Place, image: bytes) -> Sequence[Concern]:
        return [Concern(category="gore", source="test")]


async def test_a_refused_picture_is_not_called_a_prompt(tmp_path: Path) -> None:
    async with open_story(tmp_path, fakes=Fakes(moderators=[Doubtful()])) as story:
        answer = said(await story.say("imagine a fox", attachments=(await attached(story, png()),)))
        assert "This picture is not allowed here (gore)" in answer
        assert "Change the words" not in answer


async def test_text_and_names_that_turn_around_do_not_turn_the_card(story: Story) -> None:
    person = replace(story.person("grace"), name="\u202eecarg" + "x" * 500, zone="Mars/Olympus")
    for line in ("imagine \u202ea fox", "quota"):
        said_so = Invocation(person=person, place=story.place(), event=line, origin=Origin.COMMAND, line=line)
        answer = await story.app.dispatch.handle(said_so)
        if answer.job:
            await story.shown(answer.job)
            text = (await story.card(answer.job))["text"]
            assert "\u202e" not in text
            assert len(text) < 400
        else:
            assert "(UTC)" in said(answer), "a zone that this machine does not know is no reason to fail"


async def test_a_journal_that_breaks_does_not_write_the_job_into_the_log(tmp_path: Path) -> None:
    written = io.StringIO()
    async with open_story(tmp_path, working=False) as story:
        with sqlite3.connect(tmp_path / "limner.db") as journal:
            journal.execute("CREATE TRIGGER refuse BEFORE INSERT ON jobs BEGIN SELECT RAISE(ABORT, 'broken'); END")
        root = logging.getLogger()
        handlers, level = list(root.handlers), root.level
        logs.set_up(form="json", level="info", stream=written)
        try:
            answer = await story.say("imagine a very secret fox")
        finally:
            structlog.reset_defaults()
            root.handlers[:] = handlers
            root.setLevel(level)
        assert "on my side" in said(answer)
    assert "broken" in written.getvalue()
    assert "secret fox" not in written.getvalue()
    assert "America/New_York" not in written.getvalue(), "the job's document, which holds the prompt as well"


class Picky:
    """A moderator that refuses every second picture."""

    name = "picky"
    remote = False

    def __init__(self) -> None:
        self.seen = 0

    async def prompt(self, person: Person, place: Place, text: str, *, listed: Sequence[Term] = ()) -> Sequence[Concern]:
        return ()

    async def image(self, place: Place, image: bytes) -> Sequence[Concern]:
        self.seen += 1
        return [Concern(category="gore", source="test")] if self.seen == 2 else []


async def test_seeds_of_what_was_left_out_are_not_claimed(tmp_path: Path) -> None:
    # In one call, so that no preview is looked at before the pictures.
    async with open_story(tmp_path, fakes=Fakes(moderators=[Picky()]), SKETCH_MODE="sync") as story:
        job = await story.drawn("imagine a fox --count 3 --seed 5")
        assert "1 image did not pass" in (await story.card(job.id))["body"]
        (result,) = await story.results(job.id)
        assert "seed 5, 7" in result.content["context"]


class Prude:
    """A moderator that wants every picture covered."""

    name = "prude"
    remote = False

    async def prompt(self, person: Person, place: Place, text: str, *, listed: Sequence[Term] = ()) -> Sequence[Concern]:
        return ()

    async def image(self, place: Place, image: bytes) -> Sequence[Concern]:
        return [Concern(category="horror", source="test")]


@pytest.mark.parametrize("covered", [False, True])
async def test_a_preview_that_would_be_covered_is_not_shown(tmp_path: Path, *, covered: bool) -> None:
    async with open_story(tmp_path, fakes=Fakes(moderators=[Prude()] if covered else []), working=False) as story:
        job = await story.app.store.find((await story.say("imagine a fox")).job)
        shown = await story.app.teller._preview(job, png())  # pyright: ignore[reportPrivateUsage] - what the card is about to show
        assert (shown is None) == covered


async def test_a_job_that_is_written_is_taken_even_if_the_queue_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_story(tmp_path, working=False) as story:

        async def broken(*_: object, **__: object) -> None:
            raise StoreFault("The queue's database does not answer.")

        monkeypatch.setattr(story.app.queue, "put", broken)
        answer = await story.say("imagine a fox")
        assert answer.job, said(answer)
        assert (await story.app.store.find(answer.job)).state is State.QUEUED


async def test_help_shows_how_a_command_is_typed_and_a_line_that_works(story: Story) -> None:
    page = (await story.say("help quota")).whisper
    assert page is not None
    assert "/quota [show|more|set|reset|list|grant|revoke|weight] [who]" in page.body
    assert page.code == "/quota"


async def test_a_refusal_is_timed_like_an_answer(tmp_path: Path) -> None:
    async with started(tmp_path) as process, process.chat("grace") as chat:
        await chat.say("/imagine --bogus")
        page = (await get(f"{process.address}/metrics")).text
        assert "limner_acknowledgement_seconds_count 1.0" in page


async def test_an_age_restricted_channels_job_is_not_shown_to_others_elsewhere(story: Story) -> None:
    job = await story.drawn("imagine a fox", channel="after-dark")
    for line in ("show", "remix", "vary"):
        other = await story.say(f"{line} {job.id}", who="linus")
        assert "age-restricted" in said(other), line
        assert other.form is None
        assert not other.job
    assert "a fox" in said(await story.say(f"show {job.id}", who="linus", channel="after-dark"))
    assert "a fox" in said(await story.say(f"show {job.id}", who="grace")), "one's own is one's own"
