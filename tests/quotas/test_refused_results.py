"""What a vendor drew and the policy did not let pass is on the team's bill, and on nobody's quota."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bot.app import Fakes
from bot.model import Concern, Limit, Measure, Person, Place, Pool, State, Term, Window
from tests.flows.story import open_story
from tests.flows.test_services import Service
from tests.quotas.scene import NOON, model


class Prudish:
    """Lets no picture pass."""

    name = "prudish"
    remote = False

    async def prompt(self, person: Person, place: Place, text: str, *, listed: Sequence[Term] = ()) -> Sequence[Concern]:
        return ()

    async def image(self, place: Place, image: bytes) -> Sequence[Concern]:
        return [Concern(category="gore", source="test")]


async def test_pictures_that_did_not_pass_are_paid_by_the_team_alone(tmp_path: Path) -> None:
    fakes = Fakes(providers={"acme": Service("acme", model(price="0.04"))}, moderators=[Prudish()], now=lambda: NOON)
    async with open_story(tmp_path, fakes=fakes) as story:
        job = await story.until((await story.say("imagine a fox --count 2", who="grace")).job)
        assert job.state is State.BLOCKED
        mine = Limit(
            subject=job.person.key, measure=Measure.MONEY, window=Window.DAY, amount=0, since=NOON - timedelta(days=1), renews=NOON
        )
        workspace = f"{job.place.platform}:{job.place.workspace}"
        team = Limit(
            subject=workspace,
            pool=Pool.WORKSPACE,
            measure=Measure.MONEY,
            team=True,
            window=Window.DAY,
            amount=0,
            since=mine.since,
            renews=NOON,
        )
        assert await story.app.store.usage([mine, team]) == [0, 80_000]
