"""Doubtful prompts: they wait for a reviewer, one decision is made, and everybody hears it."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import CaseKind, CaseState, Invocation, Origin, State, Tone
from tests.flows.story import said
from tests.reviews.scene import Scene, open_scene


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncGenerator[Scene]:
    async with open_scene(tmp_path) as opened:
        yield opened


async def test_a_doubtful_prompt_waits_and_its_card_says_until_when_and_not_what(scene: Scene) -> None:
    job, case = await scene.asked("imagine a doubtful thing --no people")
    assert job.state is State.HELD
    card = await scene.card(job.id)
    assert "A reviewer looks at this request first, until Tue 24 Nov, 07:00 (America/New_York)" in card["body"]
    assert "Nothing is charged" in card["body"]
    assert "doubtful thing" not in str(card)
    assert "0 of 50" in said(await scene.say("quota"))
    shown = await scene.review_card(case)
    for words in ("a doubtful thing", "people", "weapons", "50% sure", "<@grace>", "<#general>", "how to make weapons"):
        assert words in str(shown), words
    assert [action["label"] for action in shown["actions"]] == ["Approve", "Reject", "Ban"]
    assert scene.service.orders == {}


async def test_approved_it_is_drawn_and_counted_and_the_person_hears_it(scene: Scene) -> None:
    job, case = await scene.asked()
    answer = await scene.press(f"review approve {case.id}")
    assert "Approved by Maya" in said(answer)
    done = await scene.until(job.id, State.DELIVERED)
    assert done.approved == "playground:studio:maya"
    await scene.case(job.id, CaseKind.PROMPT, CaseState.APPROVED)
    await scene.told("grace", "approved your request")
    assert "1 of 50" in said(await scene.say("quota"))
    card = await scene.review_card(case)
    assert "Approved by Maya" in card["body"]
    assert not card.get("actions")
    assert await scene.audit("case.approved") == ["person:playground:studio:maya"]


async def test_rejected_by_form_it_is_not_drawn_and_the_person_reads_why(scene: Scene) -> None:
    job, case = await scene.asked()
    form = (await scene.press(f"review reject {case.id}")).form
    assert form is not None
    answer = await scene.say(form.line, who="maya", channel="review", origin=Origin.FORM, options={"reason": "Too close to a manual."})
    assert "Rejected by Maya" in said(answer)
    assert answer.whisper
    assert answer.whisper.tone is Tone.GOOD, "a form closes by what went well"
    done = await scene.shown(job.id)
    assert (done.state, done.problem and done.problem.code) == (State.BLOCKED, "rejected")
    assert "Too close to a manual." in (await scene.card(job.id))["body"]
    await scene.told("grace", "was not approved", "Too close to a manual.")
    assert scene.service.orders == {}
    assert "0 of 50" in said(await scene.say("quota"))


async def test_who_comes_second_hears_who_decided(scene: Scene) -> None:
    job, case = await scene.asked()
    await scene.press(f"review approve {case.id}")
    late = await scene.press(f"review reject {case.id} no", who="ada")
    assert "approved by Maya already" in said(late)
    assert (await scene.until(job.id)).state is State.DELIVERED


async def test_nobody_decides_about_their_own_but_an_admin_where_nobody_else_could(scene: Scene) -> None:
    _, case = await scene.asked(who="ada")
    assert "Grace" not in said(await scene.press(f"review approve {case.id}", who="grace"))
    first = await scene.press(f"review approve {case.id}", who="ada")
    assert "Approved by Ada" in said(first)
    await scene.say("quota", who="maya")
    _, second = await scene.asked(who="ada")
    assert "Nobody decides about what they asked for" in said(await scene.press(f"review approve {second.id}", who="ada"))
    _, third = await scene.asked(who="maya")
    assert "Nobody decides about what they asked for" in said(await scene.press(f"review approve {third.id}"))
    assert "Approved" in said(await scene.press(f"review approve {third.id}", who="ada"))


async def test_a_deadline_rejects_once_or_approves_where_that_is_decided(scene: Scene) -> None:
    job, case = await scene.asked()
    scene.passes(timedelta(hours=25))
    await scene.app.worker.reviewer.sweep()
    done = await scene.shown(job.id)
    assert done.state is State.BLOCKED
    assert "nobody decided in time" in (await scene.card(job.id))["body"]
    assert "rejected by the deadline" in said(await scene.press(f"review approve {case.id}"))
    assert await scene.audit("case.rejected") == ["limner"]
    await scene.say("review channel --default approve --hours 2", who="ada")
    job, _ = await scene.asked()
    scene.passes(timedelta(hours=3))
    await scene.app.worker.reviewer.sweep()
    assert (await scene.until(job.id)).state is State.DELIVERED


async def test_cancelled_by_the_person_the_case_is_closed(scene: Scene) -> None:
    job, case = await scene.asked()
    await scene.say(f"cancel {job.id}")
    await scene.case(job.id, CaseKind.PROMPT, CaseState.WITHDRAWN)
    assert "cancelled or removed meanwhile" in (await scene.review_card(case))["body"]
    assert "closed" in said(await scene.press(f"review approve {case.id}"))
    assert "doubtful thing" not in str(await scene.card(job.id)), "what nobody let pass is not repeated"


async def test_a_used_up_quota_leaves_the_case_open_and_says_so(scene: Scene) -> None:
    await scene.say("quota set <@grace> 1/day", who="ada")
    job, case = await scene.asked()
    await scene.drawn("imagine a boat")
    answer = said(await scene.press(f"review approve {case.id}"))
    assert "Grace cannot have it now" in answer
    assert "stays open" in answer
    assert (await scene.app.store.find(job.id)).state is State.HELD
    await scene.say("quota set <@grace> 5/day", who="ada")
    assert "Approved" in said(await scene.press(f"review approve {case.id}"))


async def test_without_a_review_channel_what_is_doubtful_is_refused_and_says_why(scene: Scene) -> None:
    await scene.say("review channel none", who="ada")
    member, admin = said(await scene.say("imagine a doubtful thing")), said(await scene.say("imagine a doubtful thing", who="ada"))
    assert "no review channel" in member
    assert "/review channel" not in member
    assert "/review channel #name sets one" in admin
    (job, *_) = await scene.app.store.recent(person=scene.person("grace"))
    assert job.state is State.BLOCKED


async def test_cases_go_where_admins_say_and_are_listed_the_oldest_first(scene: Scene) -> None:
    job, case = await scene.asked()
    scene.passes(timedelta(minutes=5))
    assert "<#brand>" in said(await scene.say("review channel <#brand> --hours 48", who="ada"))
    second = (await scene.say("imagine another doubtful thing")).job
    await scene.case(second, CaseKind.PROMPT)
    assert any(job.id not in str(entry.content) and "May this be drawn?" in str(entry.content) for entry in await scene.channel("brand"))
    listed = said(await scene.say("review", who="maya"))
    assert listed.index(case.id) < listed.index((await scene.app.store.cases_of(second))[0].id)
    assert "a doubtful thing" in said(await scene.say(f"review {case.id}", who="maya"))
    assert "for reviewers" in said(await scene.say(f"review {case.id}"))


@pytest.mark.parametrize("measure", ["mute for a day", "ban"])
async def test_a_reviewer_rejects_and_keeps_the_person_away(scene: Scene, measure: str) -> None:
    job, case = await scene.asked()
    form = (await scene.press(f"review ban {case.id}", who="ada")).form
    assert form is not None
    answer = await scene.say(form.line, who="ada", origin=Origin.FORM, options={"measure": measure, "reason": "Enough."})
    assert "Rejected, and" in said(answer)
    assert (await scene.until(job.id)).state is State.BLOCKED
    refused = await scene.say("imagine a boat")
    assert not refused.job
    assert "Enough." in said(refused)


async def test_the_picture_that_a_request_starts_from_is_on_the_card_behind_a_spoiler(scene: Scene) -> None:
    first = await scene.drawn("imagine a boat")
    _, case = await scene.asked(f"edit {first.id} 1 a doubtful flag on it")
    (picture,) = (await scene.review_card(case))["pictures"]
    assert picture["spoiler"]
    assert "Source picture" in picture["alt"]


async def test_a_case_is_seen_from_its_own_workspace_alone(scene: Scene) -> None:
    _, case = await scene.asked()
    there = replace(scene.person("ada"), workspace="other")
    place = replace(scene.place(), workspace="other")
    asked = Invocation(person=there, place=place, event="elsewhere", origin=Origin.COMMAND, line=f"review approve {case.id}")
    assert "There is no case" in said(await scene.app.dispatch.handle(asked))
    assert (await scene.app.store.case(case.id)).state is CaseState.OPEN


async def test_what_was_not_let_pass_is_shown_to_nobody_else(scene: Scene) -> None:
    job, _ = await scene.asked()
    assert "doubtful thing" not in said(await scene.say(f"show {job.id}", who="linus"))
    assert not (await scene.say(f"remix {job.id}", who="linus")).form
    assert "doubtful thing" in said(await scene.say(f"show {job.id}", who="maya"))
