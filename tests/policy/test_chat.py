"""`/policy` in a channel: what holds, what admins change, what follows at once, and the way back."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.model import Answer, Level
from tests.flows.story import Story, open_story, said


@pytest.fixture
async def story(tmp_path: Path) -> AsyncGenerator[Story]:
    async with open_story(tmp_path, working=False) as opened:
        yield opened


async def level(story: Story, wording: str, channel: str = "general") -> Level:
    return (await story.app.jobs.panel.prompt(story.person("grace"), story.place(channel), wording)).level


async def ask(story: Story, line: str, channel: str = "general") -> Answer:
    return await story.say(line, who="ada", channel=channel)


def undo_line(answer: Answer) -> str:
    assert answer.whisper is not None
    return next(action.line for action in answer.whisper.actions if action.label == "Undo")


async def test_only_admins_set_the_policy(story: Story) -> None:
    assert "admin" in said(await story.say("policy set gore review"))
    assert await level(story, "a decapitated man") is Level.BLOCK


async def test_a_change_shows_before_and_after_holds_at_once_and_can_be_undone(story: Story) -> None:
    assert "gore: block, doubtful review" in said(await ask(story, "policy show"))
    changed = await ask(story, "policy set gore review")
    assert "review" in said(changed)
    assert await level(story, "a decapitated man") is Level.REVIEW
    assert "gore: review, doubtful review (decided for the workspace)" in said(await ask(story, "policy show"))
    await ask(story, undo_line(changed))
    assert await level(story, "a decapitated man") is Level.BLOCK


async def test_a_channel_goes_over_its_workspace_and_usual_takes_it_back(story: Story) -> None:
    await ask(story, "policy set gore block")
    await ask(story, "policy set gore blur --where here", channel="design")
    assert await level(story, "a decapitated man", "design") is Level.BLUR
    assert await level(story, "a decapitated man") is Level.BLOCK
    await ask(story, "policy set gore usual --where here", channel="design")
    assert await level(story, "a decapitated man", "design") is Level.BLOCK


async def test_doubtful_findings_and_age_restricted_channels_have_slots_of_their_own(story: Story) -> None:
    await ask(story, "policy set hate block --doubtful")
    assert await level(story, "a swastika on a wall") is Level.BLOCK
    await ask(story, "policy set gore allow --restricted")
    assert (await level(story, "a decapitated man", "after-dark"), await level(story, "a decapitated man")) == (Level.ALLOW, Level.BLOCK)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("policy set minors allow", "cannot be milder than block"),
        ("policy set sexual review", "the platforms or the law forbid it"),
        ("policy set gory block", "There is no category"),
        ("policy set gore", "what follows?"),
        ("policy set brands mask", "Only personal data"),
        ("policy term frob x", "nothing to do with terms"),
        ("policy term remove marmot", "not listed"),
        ("policy term add", "Which term?"),
        ("policy test", "Which wording?"),
    ],
)
async def test_what_cannot_be_is_said_with_what_can(story: Story, line: str, words: str) -> None:
    assert words in said(await ask(story, line))


async def test_a_listed_term_holds_at_once_however_it_is_spelled(story: Story) -> None:
    assert "No terms are listed" in said(await ask(story, "policy term list"))
    listed = await ask(story, "policy term add Project Marmot")
    assert await level(story, "a poster for pr0ject m4rmot") is Level.BLOCK
    assert "“project marmot”: custom, for the workspace" in said(await ask(story, "policy term list"))
    assert "refused" in said(await ask(story, "policy term test a project-marmot mug"))
    await ask(story, undo_line(listed))
    assert await level(story, "a poster for project marmot") is Level.ALLOW


async def test_a_term_may_be_doubtful_of_a_category_and_of_one_channel(story: Story) -> None:
    await ask(story, "policy term add acme --category brands --doubtful --where here", channel="design")
    verdict = await story.app.jobs.panel.prompt(story.person("grace"), story.place("design"), "an ACME crate")
    assert (verdict.level, verdict.category, verdict.source) == (Level.REVIEW, "brands", "terms/house")
    assert await level(story, "an ACME crate") is Level.ALLOW
    await ask(story, "policy term remove acme --where here", channel="design")
    assert await level(story, "an ACME crate", "design") is Level.ALLOW


async def test_an_allowed_phrase_mends_a_false_alarm(story: Story) -> None:
    assert await level(story, "the naked chef cookbook") is Level.BLOCK
    await ask(story, "policy term allow naked chef")
    assert await level(story, "the naked chef cookbook") is Level.ALLOW
    assert await level(story, "naked, the naked chef") is Level.BLOCK
    assert "always allowed" in said(await ask(story, "policy term list"))


@pytest.mark.parametrize("allowed", ["naked", "child", "naked child"])
async def test_no_allowed_phrase_lets_pass_what_nobody_may_switch_off(story: Story, allowed: str) -> None:
    await ask(story, f"policy term allow {allowed}")
    assert (await story.app.jobs.panel.prompt(story.person("grace"), story.place(), "a naked child")).category == "minors"
    assert "minors" in said(await ask(story, "policy test a naked child"))


async def test_a_wording_can_be_tried_without_a_trace(story: Story) -> None:
    answer = await ask(story, "policy test a nude woman with a sword")
    assert not answer.job
    text = said(answer)
    assert "refused" in text
    assert "sexual, sure" in text
    assert "it passes" in said(await ask(story, "policy test a red fox"))


async def test_personal_data_is_gone_before_the_job_is_written(story: Story) -> None:
    answer = await story.say("imagine a card for ada@example.com")
    job = await story.app.store.find(answer.job)
    assert job.request.prompt == "a card for [mail address]"
    assert any("mail address was taken out" in change for change in job.changes)
    await ask(story, "policy set personal block")
    assert not (await story.say("imagine a card for ada@example.com")).job
