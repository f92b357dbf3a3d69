"""Ways round a review: what somebody tries who wants to see, keep or spend what nobody approved."""

import io
import zipfile
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import FaultKind, ProviderFault
from bot.model import CaseKind, CaseState, Inputs, Job, Progress, Request, State
from tests.flows.story import said
from tests.flows.test_services import Service
from tests.quotas.scene import model
from tests.reviews.scene import Scene, open_scene


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncGenerator[Scene]:
    async with open_scene(tmp_path) as opened:
        yield opened


async def held(scene: Scene) -> Job:
    scene.watch.pictures = 0.5
    job = await scene.until((await scene.say("imagine a boat --count 2")).job, State.HELD)
    await scene.case(job.id, CaseKind.IMAGES)
    return job


async def test_pictures_that_wait_are_on_no_home_page_and_in_no_export(scene: Scene) -> None:
    await held(scene)
    pages = await scene.app.dispatch.home(scene.person("grace"), scene.place())
    assert [picture for page in pages for picture in page.pictures] == []
    export = (await scene.say("privacy export")).whisper
    assert export is not None
    assert export.documents
    for document in export.documents:
        body = (await scene.app.files.get(document.key)).body
        names = zipfile.ZipFile(io.BytesIO(body)).namelist()
        assert [name for name in names if name.startswith("pictures/")] == []


async def test_a_cancel_shows_nothing_of_what_waited(scene: Scene) -> None:
    job = await held(scene)
    # As a cancel writes it: the case is carried out later, by the worker, and this is asked before.
    await scene.app.store.save(replace(job, state=State.CANCELLED), was=job)
    shown = (await scene.say(f"show {job.id}")).whisper
    assert shown is not None
    assert shown.pictures == ()
    assert "no images" in said(await scene.say(f"vary {job.id} 1"))


@pytest.mark.parametrize("removed", [False, True], ids=["under review", "removed"])
async def test_reported_pictures_come_back_by_no_line(scene: Scene, *, removed: bool) -> None:
    job = await scene.drawn("imagine a boat --seed 4")
    await scene.say("review reports 1", who="ada")
    await scene.say(f"report {job.id}", who="kenji")
    case = await scene.case(job.id, CaseKind.REPORT)
    if removed:
        await scene.press(f"review reject {case.id} no", who="ada")
        await scene.case(job.id, CaseKind.REPORT, CaseState.REJECTED)
    for line in (f"rerun {job.id}", "imagine a boat --seed 4", "imagine a boat --seed 4 --fresh", f"remix {job.id} --seed 4"):
        assert "They were reported" in said(await scene.say(line)), line
    assert (await scene.say("imagine a boat --seed 5")).job


class Breaking(Service):
    """Its model `one` breaks, so that the next one is asked."""

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        raise ProviderFault("It broke.", kind=FaultKind.LOST, accepted=False)


async def test_a_reviewers_word_does_not_stand_for_an_admins_about_a_price(tmp_path: Path) -> None:
    service = Breaking("acme", model("one", "0.01"), model("two", "5"))
    async with open_scene(tmp_path, service=service) as scene:
        await scene.say("budget approve 1", who="ada")
        job, case = await scene.asked()
        assert job.model == "one"
        await scene.press(f"review approve {case.id}")
        done = await scene.until(job.id)
        assert (done.state, done.model) == (State.FAILED, "one"), "the dear one was not asked"


async def test_what_was_made_from_reported_pictures_starts_from_them_no_more(scene: Scene) -> None:
    job = await scene.drawn("imagine a boat")
    child = await scene.drawn(f"vary {job.id} 1")
    await scene.say("review reports 1", who="ada")
    await scene.say(f"report {job.id}", who="kenji")
    await scene.case(job.id, CaseKind.REPORT)
    for line in (f"again {child.id}", f"rerun {child.id}", f"remix {child.id} --strength 0"):
        assert "not to be seen any more" in said(await scene.say(line)), line


@pytest.mark.parametrize("line", ["vary {} 1", "edit {} make it blue", "upscale {} 1", "cutout {} 1"])
async def test_pictures_of_an_age_restricted_channel_are_worked_on_there_alone(scene: Scene, line: str) -> None:
    job = await scene.drawn("imagine a boat", channel="after-dark")
    assert "age-restricted channel" in said(await scene.say(line.format(job.id)))
    assert (await scene.say(line.format(job.id), channel="after-dark")).job


async def test_an_upload_that_does_not_pass_is_on_record(scene: Scene) -> None:
    attached = await scene.upload(await scene.drawn("imagine a boat"))
    scene.watch.pictures = 0.5
    assert "not allowed here" in said(await scene.say("imagine a boat", attachments=(attached,)))
    assert await scene.audit("verdict.block") == ["person:playground:studio:grace"]
