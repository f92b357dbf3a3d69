"""Crashes: the process dies between any effect and the next, and there is one card, one decision, one delivery."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.app import Fakes
from bot.model import CaseState, Job, State
from tests.flows.story import eventually, said
from tests.flows.test_restart import ProcessDied
from tests.flows.test_services import EASY, Service
from tests.reviews.scene import Scene, open_scene

EFFECTS = {
    "conclude",
    "open_case",
    "save_case",
    "keep_case_post",
    "enqueue",
    "save",
    "take",
    "note",
    "keep_post",
    "post",
    "edit",
    "whisper",
    "mark",
}


class Fuse:
    """Lets the process die right after the n-th effect."""

    def __init__(self, *, at: int) -> None:
        self.left = at

    def around(self, part: Any) -> Any:
        return Fused(part, self)


class Fused:
    """A part whose effects burn the fuse."""

    def __init__(self, part: Any, fuse: Fuse) -> None:
        self._part = part
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._part, name)
        if name not in EFFECTS:
            return real

        async def effect(*args: Any, **kwargs: Any) -> Any:
            self._fuse.left -= 1
            result = await real(*args, **kwargs)
            if self._fuse.left == 0:
                raise ProcessDied
            return result

        return effect


async def decide(scene: Scene, job: str) -> None:
    """What the reviewer does who sees an open case."""
    for case in await scene.app.store.cases_of(job):
        if case.state is CaseState.OPEN:
            await scene.press(f"review approve {case.id}")


async def drive(scene: Scene, job_id: str) -> None:
    """What the queue's handlers and the reviewer would do, one step after the other."""
    for _ in range(100):
        await scene.app.teller.tell(job_id)
        for case in await scene.app.store.cases_of(job_id):
            await scene.app.worker.reviewer.carry(case.id)
        await decide(scene, job_id)
        job = await scene.app.store.find(job_id)
        if job.state.over:
            return
        await scene.app.drawer.step(job)
    pytest.fail("the job did not come to an end")


async def dies(folder: Path, service: Service, *, at: int) -> bool:
    """Run until the fuse burns; False where the story was over before."""
    fuse = Fuse(at=at)
    async with open_scene(folder, fakes=Fakes(around=fuse.around), working=False, service=service) as scene:
        scene.watch.pictures = 0.5
        died = False
        try:
            await drive(scene, (await scene.say("imagine a doubtful thing --count 2", event="asked")).job)
        except* ProcessDied:
            died = True
    return died


async def ended_once(folder: Path, service: Service) -> None:
    async with open_scene(folder, service=service) as scene:
        scene.watch.pictures = 0.5
        # Who got no answer asks again: the same event makes one job.
        await scene.say("imagine a doubtful thing --count 2", event="asked")
        (found,) = await scene.app.store.recent(limit=10)

        async def over() -> Job | None:
            await decide(scene, found.id)
            job = await scene.app.store.find(found.id)
            untold = await scene.app.store.cases_untold()
            return job if job.state.over and not untold else None

        job = await scene.shown((await eventually(over)).id)
        assert job.state is State.DELIVERED
        assert len(await scene.results(job.id)) == 1, "one message with the pictures"
        cards = [entry for entry in await scene.channel("review", who="ada") if entry.author == "limner"]
        cases = await scene.app.store.cases_of(job.id)
        assert sorted(case.kind.value for case in cases) == ["images", "prompt"]
        shown = Counter(str(entry.content["context"]).partition(" · ")[0] for entry in cards if entry.audience is None)
        assert shown == Counter(f"case {case.id}" for case in cases), "one card a case"
        assert all("Approved by Maya" in entry.content["body"] for entry in cards if entry.audience is None)
        told = [entry for entry in await scene.channel() if entry.audience == "grace" and "approved" in str(entry.content)]
        assert len(told) <= len(cases), "nobody hears it twice"
        assert (await scene.audit("case.approved")) == ["person:playground:studio:maya"] * 2, "one decision each"
        assert "2 of 50" in said(await scene.say("quota"))


@pytest.mark.slow
async def test_dying_at_any_effect_there_is_one_card_one_decision_one_delivery(tmp_path: Path) -> None:
    for at in range(1, 80):
        folder, service = tmp_path / str(at), Service("acme", replace(EASY, most=4))
        # After one effect is before the next.
        if not await dies(folder, service, at=at):
            assert at > 20, "the fuse burned at every effect there is"
            return
        await ended_once(folder, service)
    pytest.fail("there were more effects than the test expects")
