"""Reports: enough of them hide a picture, a reviewer decides, and everybody hears it."""

from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.model import Case, CaseKind, CaseState, Job
from tests.flows.story import eventually, said
from tests.reviews.scene import Scene, open_scene


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncGenerator[Scene]:
    async with open_scene(tmp_path) as opened:
        yield opened


async def posts(scene: Scene, job: Job) -> list[Mapping[str, Any]]:
    """The card and the result as they stand."""
    found = await scene.app.store.posts(job.id)
    return [(await scene.history.get(int(post.id.removeprefix("m")))).content for post, _ in found.values()]


async def reported(scene: Scene, *, who: tuple[str, ...] = ("maya",)) -> tuple[Job, Case]:
    job = await scene.drawn("imagine a boat --count 2")
    for name in who:
        await scene.say(f"report {job.id} it is somebody real", who=name)
    return job, await scene.case(job.id, CaseKind.REPORT)


async def test_reports_count_once_a_person_and_enough_of_them_hide_the_pictures(scene: Scene) -> None:
    await scene.say("review reports 2", who="ada")
    job = await scene.drawn("imagine a boat")
    assert "is counted" in said(await scene.say(f"report {job.id}", who="linus"))
    assert "counts once" in said(await scene.react(await scene.result(job.id), "🚩", who="linus"))
    assert "your own" in said(await scene.say(f"report {job.id}"))
    assert await scene.app.store.cases_of(job.id) == []
    assert "hidden now" in said(await scene.react(await scene.result(job.id), "🚩", who="kenji"))
    case = await scene.case(job.id, CaseKind.REPORT)
    assert "hidden now" in said(await scene.say(f"report {job.id}", who="ada")), "one more finds them hidden"
    for content in await posts(scene, job):
        assert "under review" in content["title"].casefold()
        assert not content.get("pictures")
    assert "2 people reported" in str(await scene.review_card(case))
    assert "under review" in said(await scene.say(f"upscale {job.id} 1"))
    assert "under review" in said(await scene.say(f"show {job.id}"))
    assert (await scene.app.files.get(job.images[0].key)).body, "the files stay"


async def test_kept_they_are_shown_again_and_everybody_hears_it(scene: Scene) -> None:
    job, case = await reported(scene)
    assert "somebody real" in str(await scene.review_card(case))
    assert len((await scene.review_card(case))["pictures"]) == 2
    await scene.press(f"review approve {case.id}", who="ada")
    await scene.case(job.id, CaseKind.REPORT, CaseState.APPROVED)
    card, result = await posts(scene, job)
    assert "Done" in card["body"]
    assert len(result["pictures"]) == 2
    await scene.told("grace", "shown again")
    await scene.told("maya", "let the pictures stay")
    await scene.say(f"keep {job.id}")
    assert "counts once" in said(await scene.say(f"report {job.id}", who="maya")), "whoever was heard is not heard twice"
    assert len(await scene.app.store.cases_of(job.id)) == 1


async def test_removed_their_files_are_gone_and_the_owner_hears_why(scene: Scene, tmp_path: Path) -> None:
    job, case = await reported(scene)
    await scene.press(f"review reject {case.id} A real person.", who="ada")
    await scene.case(job.id, CaseKind.REPORT, CaseState.REJECTED)
    for content in await posts(scene, job):
        assert "a reviewer removed them" in content["body"]
    assert not list((tmp_path / "files").rglob(f"*{job.id}*"))
    await scene.told("grace", "they were removed", "A real person.")
    await scene.told("maya", "were removed")
    assert (await scene.app.reviews.record(scene.person("grace"), scene.place())).strikes == 1
    assert "no pictures that anybody sees" in said(await scene.say(f"report {job.id}", who="kenji"))


async def test_deleted_by_their_owner_there_is_nothing_left_to_decide(scene: Scene) -> None:
    job, case = await reported(scene)
    await scene.say(f"delete {job.id}")
    await scene.case(job.id, CaseKind.REPORT, CaseState.WITHDRAWN)

    async def gone() -> bool:
        return all("deleted" in content["body"] for content in await posts(scene, job))

    await eventually(gone)
    assert "closed" in said(await scene.press(f"review approve {case.id}", who="ada"))
