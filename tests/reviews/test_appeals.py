"""Appeals, strikes, wishes for more and guidelines."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.decisions import Decisions
from bot.errors import Refused
from bot.model import Asker, CaseKind, CaseState, Operation, Origin, State
from bot.preferences import Preferences
from bot.reviews import Reviews
from tests.flows.story import eventually, said
from tests.reviews.scene import Scene, open_scene


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncGenerator[Scene]:
    async with open_scene(tmp_path) as opened:
        yield opened


async def blocked(scene: Scene, line: str = "imagine an awful thing", who: str = "grace") -> str:
    """Ask for what is blocked; gives the job's id."""
    assert not (await scene.say(line, who=who)).job
    return (await scene.app.store.recent(person=scene.person(who), limit=1))[0].id


async def strikes(scene: Scene, who: str = "grace") -> int:
    return (await scene.app.reviews.record(scene.person(who), scene.place())).strikes


async def test_a_block_offers_a_reviewer_who_can_let_it_pass(scene: Scene) -> None:
    answer = await scene.say("imagine an awful thing")
    assert answer.whisper is not None
    (ask, *_) = answer.whisper.actions
    assert ask.label == "Ask a reviewer"
    job = ask.line.removeprefix("appeal ")
    assert "A reviewer looks at it, until" in said(await scene.say(ask.line, origin=Origin.BUTTON))
    assert "was asked" in said(await scene.say(ask.line))
    case = await scene.case(job, CaseKind.APPEAL)
    assert "an awful thing" in str(await scene.review_card(case))
    assert await strikes(scene) == 1
    await scene.press(f"review approve {case.id}")
    closed = await scene.case(job, CaseKind.APPEAL, CaseState.APPROVED)
    again = await scene.until(closed.words.rpartition(" ")[2].rstrip("."), State.DELIVERED)
    assert (again.person.id, again.approved) == ("grace", "playground:studio:maya")
    await scene.told("grace", "Your appeal was right")
    assert "1 of 50" in said(await scene.say("quota"))
    assert await strikes(scene) == 0, "an approved appeal forgives"


async def test_turned_down_it_stays_blocked(scene: Scene) -> None:
    job = await blocked(scene)
    assert "Only the one who asked" in said(await scene.say(f"appeal {job}", who="maya"))
    await scene.say(f"appeal {job}")
    case = await scene.case(job, CaseKind.APPEAL)
    await scene.press(f"review reject {case.id} Really not.")
    await scene.told("grace", "turned down", "Really not.")
    assert len(await scene.app.store.recent(limit=10)) == 1


async def test_an_appeal_of_somebody_without_quota_stays_open(scene: Scene) -> None:
    await scene.say("quota set <@grace> 0/day", who="ada")
    job = await blocked(scene)
    await scene.say(f"appeal {job}")
    case = await scene.case(job, CaseKind.APPEAL)
    assert "Approved" not in said(await scene.press(f"review approve {case.id}"))
    assert (await scene.app.store.case(case.id)).state is CaseState.OPEN
    await scene.say("quota set <@grace> 5/day", who="ada")
    assert "Approved" in said(await scene.press(f"review approve {case.id}"))


async def test_minors_can_never_be_let_pass_and_admins_hear_of_it(scene: Scene) -> None:
    answer = await scene.say("imagine minors")
    assert answer.whisper is not None
    assert "Ask a reviewer" not in str(answer.whisper.actions)
    (job, *_) = await scene.app.store.recent(limit=1)
    assert "blocked for good" in said(await scene.say(f"appeal {job.id}"))
    alarm = await scene.case(job.id, CaseKind.ALARM, CaseState.REJECTED)
    card = await scene.review_card(alarm)
    assert "for admins to know" in card["title"]
    assert not card.get("actions")


async def test_what_a_service_refused_cannot_be_appealed_and_is_no_strike_unless_told(tmp_path: Path) -> None:
    async with open_scene(tmp_path) as scene:
        scene.service.fault = Refused("No.", source="acme")
        job = await scene.until((await scene.say("imagine a boat")).job)
        assert job.problem is not None
        assert job.problem.code == "refused"
        assert "no reviewer can change that" in said(await scene.say(f"appeal {job.id}"))
        assert await strikes(scene) == 0
        await scene.say("review strikes --vendor on", who="ada")
        assert await strikes(scene) == 1


async def test_too_many_strikes_are_a_pause_that_ends_and_strikes_are_forgotten(scene: Scene) -> None:
    assert "2 in 7 days, then a pause of 24 h" in said(await scene.say("review strikes 2/7d --cooldown 1d", who="ada"))
    await blocked(scene)
    scene.passes(timedelta(hours=1))
    await blocked(scene)
    refused = await scene.say("imagine a boat")
    assert not refused.job
    assert "pause until Tue 24 Nov, 08:00 (America/New_York)" in said(refused)
    _, case = await scene.asked("imagine a doubtful thing", who="linus")
    assert "Strikes" not in str(await scene.review_card(case))
    scene.passes(timedelta(days=1, hours=1))
    await scene.drawn("imagine a boat")
    _, case = await scene.asked()
    assert "2 in 7 days" in str(await scene.review_card(case))
    scene.passes(timedelta(days=7))
    assert await strikes(scene) == 0


async def test_who_asks_for_more_gets_it_by_an_admin(scene: Scene) -> None:
    await scene.say("quota set <@grace> 1/day", who="ada")
    asker = Asker(person=scene.person("grace"), place=scene.place(), event=None)
    case = await scene.app.reviews.ask_more(asker, "The launch is tomorrow.", wish="5", span="1d")
    assert (await scene.app.reviews.ask_more(asker, "Please.")).id == case.id

    async def there() -> bool:
        return (await scene.app.store.case_post(case.id))[1] == 1

    await eventually(there)
    assert "The launch is tomorrow." in str(await scene.review_card(case))
    assert "Only an admin" in said(await scene.press(f"review approve {case.id}"))
    form = (await scene.press(f"review grant {case.id}", who="ada")).form
    assert form is not None
    assert [field.value for field in form.fields] == ["5", "1d"]
    await scene.say(form.line, who="ada", origin=Origin.FORM, options={"amount": "3", "for": "2d"})
    await scene.told("grace", "3 images more for 2 days")
    await scene.drawn("imagine a boat --count 4")
    assert not (await scene.say("imagine a boat")).job


async def test_a_price_waits_for_an_admin_and_not_for_a_reviewer(scene: Scene) -> None:
    await scene.say("budget approve 0.10", who="ada")
    answer = await scene.say("imagine a boat --count 4")
    job = await scene.until(answer.job, State.HELD)
    case = await scene.case(job.id, CaseKind.COST)
    assert "Only an admin" in said(await scene.press(f"review approve {case.id}"))
    await scene.press(f"review approve {case.id}", who="ada")
    done = await scene.until(job.id)
    assert (done.state, done.request.operation) == (State.DELIVERED, Operation.DRAW)


async def test_what_is_doubtful_and_dear_waits_for_both(scene: Scene) -> None:
    await scene.say("budget approve 0.10", who="ada")
    job, case = await scene.asked("imagine a doubtful thing --count 4")
    await scene.press(f"review approve {case.id}")
    price = await scene.case(job.id, CaseKind.COST)
    assert (await scene.app.store.find(job.id)).state is State.HELD
    assert scene.service.orders == {}
    assert "An admin must approve the price first" in str(await eventually(lambda: priced(scene, job.id)))
    await scene.press(f"review approve {price.id}", who="ada")
    assert (await scene.until(job.id)).state is State.DELIVERED


async def priced(scene: Scene, job: str) -> str:
    """A job's card, once it speaks of a price."""
    body = str((await scene.card(job))["body"])
    return body if "price" in body else ""


async def test_guidelines_are_shown_and_set(scene: Scene) -> None:
    assert "hang up in the office" in said(await scene.say("guidelines"))
    assert "Only an admin" in said(await scene.say("guidelines set Be kind."))
    form = (await scene.say("guidelines set", who="ada")).form
    assert form is not None
    await scene.say(form.line, who="ada", origin=Origin.FORM, options={"text": "Be kind.\nDraw well."})
    assert "Be kind." in said(await scene.say("guidelines"))
    await scene.say("guidelines set", who="ada", origin=Origin.FORM, options={"text": ""})
    assert "hang up in the office" in said(await scene.say("guidelines"))


async def test_guidelines_come_beside_the_first_picture_and_again_when_they_changed(scene: Scene) -> None:
    first, second = await scene.say("imagine a boat"), await scene.say("imagine a boat")
    assert first.job
    assert "hang up in the office" in said(first)
    assert second.whisper is None
    await scene.say("guidelines set Be kind.", who="ada")
    assert "Be kind." in said(await scene.say("imagine a boat"))
    assert (await scene.say("imagine a boat")).whisper is None
    scene.passes(timedelta(days=40))
    while await scene.app.store.drop_events(before=scene.clock[0] - timedelta(days=30)):
        pass
    assert (await reread(scene, "Be kind.")) == "", "once is once, for good"


async def reread(scene: Scene, text: str) -> str:
    """What somebody is shown by a process that has just started."""
    fresh = Reviews(
        store=scene.app.store,
        queue=scene.app.queue,
        preferences=Preferences(scene.app.store, Decisions(scene.app.store, now=lambda: scene.clock[0])),
        quotas=scene.app.reviews.quotas,
        decisions=Decisions(scene.app.store, now=lambda: scene.clock[0]),
        now=lambda: scene.clock[0],
    )
    assert (await fresh.terms(scene.place())).guidelines == text
    return await fresh.greeting(scene.person("grace"), scene.place())
