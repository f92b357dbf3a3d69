"""Doubtful pictures: nobody but reviewers sees them before they are let pass, all or some."""

from collections.abc import AsyncGenerator
from decimal import Decimal
from pathlib import Path

import pytest

from bot.model import Case, CaseKind, CaseState, Job, Limit, Measure, Pool, State, Window
from tests.flows.story import eventually, said
from tests.reviews.scene import Scene, open_scene


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncGenerator[Scene]:
    async with open_scene(tmp_path) as opened:
        opened.watch.pictures = 0.5
        yield opened


async def held(scene: Scene, line: str = "imagine a boat --count 3") -> tuple[Job, Case]:
    answer = await scene.say(line)
    job = await scene.until(answer.job, State.HELD)
    return job, await scene.case(job.id, CaseKind.IMAGES)


async def team_spent(scene: Scene) -> int:
    [spent] = await scene.app.store.usage(
        [
            Limit(
                subject="playground:studio",
                pool=Pool.WORKSPACE,
                measure=Measure.MONEY,
                team=True,
                window=Window.DAY,
                amount=0,
                since=scene.clock[0].replace(hour=0),
                renews=scene.clock[0],
            )
        ]
    )
    return spent


async def test_doubtful_pictures_are_behind_spoilers_in_the_review_channel_and_nowhere_else(scene: Scene) -> None:
    job, case = await held(scene)

    async def says_so() -> bool:
        return "a reviewer looks at the pictures first" in (await scene.card(job.id))["body"]

    await eventually(says_so)
    assert await scene.results(job.id) == []
    shown = await scene.review_card(case)
    assert [picture["spoiler"] for picture in shown["pictures"]] == [True, True, True]
    assert [action["label"] for action in shown["actions"]] == ["Approve", "Only 1", "Only 2", "Only 3", "Reject", "Ban"]
    for line in (f"vary {job.id} 1", f"upscale {job.id} 1", f"keep {job.id}"):
        assert "has no images" in said(await scene.say(line)), line
    details = (await scene.say(f"show {job.id}")).whisper
    assert details is not None
    assert details.pictures == ()
    assert "0 of 50" in said(await scene.say("quota"))


async def test_approved_they_are_delivered_once_and_counted(scene: Scene) -> None:
    job, case = await held(scene)
    await scene.press(f"review approve {case.id}")
    done = await scene.until(job.id, State.DELIVERED)
    assert len(done.images) == 3
    assert len(await scene.results(job.id)) == 1
    await scene.told("grace", "approved your pictures")
    assert "3 of 50" in said(await scene.say("quota"))


async def test_some_of_them_may_pass_and_the_others_are_removed(scene: Scene, tmp_path: Path) -> None:
    job, case = await held(scene)
    assert "its images are 1, 2, 3" in said(await scene.press(f"review approve {case.id} --only 7")).casefold()
    await scene.press(f"review approve {case.id} --only 2,3")
    done = await scene.until(job.id, State.DELIVERED)
    assert [image.index for image in done.images] == [2, 3]
    await scene.case(job.id, CaseKind.IMAGES, CaseState.APPROVED)
    assert "1 image did not pass" in (await scene.card((await scene.shown(job.id)).id))["body"]
    kept = {image.key.rpartition("/")[2] for image in job.images[:1]}
    assert not [path for path in (tmp_path / "files").rglob("*") if path.name in kept]
    assert "2 of 50" in said(await scene.say("quota"))


async def test_rejected_they_cost_the_team_and_not_the_person_and_their_files_are_gone(scene: Scene, tmp_path: Path) -> None:
    job, case = await held(scene)
    await scene.press(f"review reject {case.id} too bloody")
    done = await scene.shown(job.id)
    assert (done.state, done.images, done.cost) == (State.BLOCKED, (), Decimal("0.12"))
    await scene.case(job.id, CaseKind.IMAGES, CaseState.REJECTED)
    assert "too bloody" in (await scene.card(job.id))["body"]
    assert "0 of 50" in said(await scene.say("quota"))
    assert await team_spent(scene) == 120_000
    assert not list((tmp_path / "files").rglob(f"*{job.id}*"))
    assert "no reviewer can change that" in said(await scene.say(f"appeal {job.id}"))


async def test_cancelled_meanwhile_they_are_removed(scene: Scene, tmp_path: Path) -> None:
    job, _ = await held(scene)
    await scene.say(f"cancel {job.id}")
    await scene.case(job.id, CaseKind.IMAGES, CaseState.WITHDRAWN)
    assert not list((tmp_path / "files").rglob(f"*{job.id}*"))
    assert "deleted" in said(await scene.say(f"show {job.id}"))


async def test_without_a_review_channel_they_are_left_out_as_before(scene: Scene) -> None:
    await scene.say("review channel none", who="ada")
    job = await scene.until((await scene.say("imagine a boat")).job)
    assert (job.state, job.problem and job.problem.code) == (State.BLOCKED, "unseen")
    assert await scene.audit("verdict.block") == ["limner"]


async def test_results_of_an_approved_prompt_are_looked_at_too(scene: Scene) -> None:
    job, case = await scene.asked()
    await scene.press(f"review approve {case.id}")
    await scene.until(job.id, State.HELD)
    pictures = await scene.case(job.id, CaseKind.IMAGES)
    assert pictures.category == "gore"
    await scene.press(f"review approve {pictures.id}")
    assert (await scene.until(job.id)).state is State.DELIVERED
