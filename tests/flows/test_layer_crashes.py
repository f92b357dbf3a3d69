"""The provider layer, killed: a job of several calls ends once and is paid once, whatever dies when."""

import gc
import json
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.app import Fakes
from bot.model import Job, State
from tests.flows.atelier import Atelier, open_atelier
from tests.flows.story import open_story
from tests.flows.test_restart import EFFECTS, ProcessDied, drive


@dataclass(frozen=True, kw_only=True)
class Way:
    """A real provider on the atelier, and a line that takes it several calls."""

    provider: str
    line: str
    firsts: tuple[int, ...]
    """The first seed of each call."""
    images: int


TASKS = Way(provider="bfl", line="imagine a small house --count 3 --seed 10 --model flux-2-pro", firsts=(10, 11, 12), images=3)
AT_ONCE = Way(provider="recraft", line="imagine a small house --count 8 --seed 10 --model recraftv4_1", firsts=(10, 16), images=8)


class Fuse:
    """Lets the process die right before or right after the n-th effect, where several effects may be on their way at once."""

    def __init__(self, *, at: int, after: bool) -> None:
        self._at = at
        self._after = after
        self._begun = 0

    def around(self, part: Any) -> Any:
        return Fused(part, self)

    async def burn(self, effect: Callable[[], Awaitable[Any]]) -> Any:
        self._begun += 1
        mine = self._begun == self._at
        if mine and not self._after:
            raise ProcessDied
        outcome = await effect()
        if mine:
            raise ProcessDied
        return outcome


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
            if args and str(args[0]).startswith("guidelines:"):
                # What stands beside an answer, and says nothing about the job.
                return await real(*args, **kwargs)
            return await self._fuse.burn(lambda: real(*args, **kwargs))

        return effect


@pytest.fixture
async def atelier() -> AsyncGenerator[Atelier]:
    async with open_atelier() as opened:
        yield opened


def noted(job: Job) -> set[int]:
    """The first seeds of the calls that the journal knows an answer of."""
    if not job.ticket or not job.ticket.startswith("fan:"):
        return set()
    calls: list[dict[str, Any]] = json.loads(job.ticket.removeprefix("fan:"))
    return {10 + call["offset"] for call in calls if "ticket" in call or "keys" in call}


async def dies(folder: Path, atelier: Atelier, way: Way, *, at: int, after: bool) -> tuple[Job, set[int]] | None:
    """Run until the fuse burns. Gives the job as the journal knows it then, and what was ordered; None where the story was over before."""
    fuse = Fuse(at=at, after=after)
    async with open_story(folder, atelier.settings, fakes=Fakes(around=fuse.around), working=False, BOT_PROVIDERS=way.provider) as story:
        answer = await story.say(way.line)
        died = False
        try:
            await drive(story.app, answer.job)
        except* ProcessDied:
            died = True
        return (await story.app.store.find(answer.job), set(atelier.seeds)) if died else None


@pytest.fixture
def sockets_of_the_dead() -> Generator[None]:
    """Whoever dies while a connection is being made leaves its socket to the collector: here and not in somebody else's test."""
    yield
    gc.collect()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.usefixtures("sockets_of_the_dead")
@pytest.mark.parametrize("way", [TASKS, AT_ONCE], ids=["tasks", "at once"])
@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
async def test_dying_at_any_effect_of_several_calls_the_job_ends_once_and_is_paid_once(
    tmp_path: Path, atelier: Atelier, way: Way, *, after: bool
) -> None:
    for at in range(1, 60):
        folder = tmp_path / str(at)
        atelier.seeds.clear()
        dead = await dies(folder, atelier, way, at=at, after=after)
        if dead is None:
            assert at > 12, "the fuse burned at every effect there is"
            return
        job, _ = dead
        async with open_story(folder, atelier.settings, working=False, BOT_PROVIDERS=way.provider) as story:
            await drive(story.app, job.id)
            ended = await story.app.store.find(job.id)
            assert ended.state is State.DELIVERED, at
            assert [image.seed for image in ended.images] == list(range(10, 10 + way.images)), at
            assert len(await story.results(job.id)) == 1, at
        orders = Counter(atelier.seeds)
        assert set(orders) == set(way.firsts), at
        assert max(orders.values()) <= 2, f"{at}: a crash costs one repeat at most"
        assert all(orders[seed] == 1 for seed in noted(job)), f"{at}: what was answered and noted is never asked again"
        if max(orders.values()) == 2:
            assert ended.resubmitted == 1, f"{at}: a suspected double cost is on record"
        if noted(job) == set(way.firsts):
            assert ended.resubmitted == 0, f"{at}: nothing was asked again, so nothing is suspected"
    pytest.fail("there were more effects than the test expects")


async def test_after_too_many_crashes_what_was_answered_is_given_and_nothing_is_asked_again(tmp_path: Path, atelier: Atelier) -> None:
    async with open_story(tmp_path, atelier.settings, working=False, BOT_PROVIDERS="bfl") as story:
        answer = await story.say(TASKS.line)
        job = await story.app.store.find(answer.job)
        job = await story.app.store.begin(job, running=3, now=job.created)
        assert job is not None
        calls = [{"count": 1, "offset": 0, "ticket": json.dumps({"id": "1-10"})}, {"count": 1, "offset": 1}, {"count": 1, "offset": 2}]
        torn = await story.app.store.save(replace(job, ticket=f"fan:{json.dumps(calls)}", resubmitted=2), was=job)
        await drive(story.app, torn.id)
        ended = await story.app.store.find(torn.id)
        assert (ended.state, [image.seed for image in ended.images]) == (State.DELIVERED, [10])
        assert "the service did not answer for it" in str((await story.card(torn.id))["body"])
    assert atelier.seeds == []
