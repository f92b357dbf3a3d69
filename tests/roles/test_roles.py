"""Roles: who gives them, who gets them, and that they are gone at once."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.model import Answer, Invocation, Origin, Place, Role
from tests.flows.story import Story, open_story, said

RUN_BY_ADA = "playground:ada"


async def undo(story: Story, answer: Answer, *, who: str = "ada") -> str:
    """Press the Undo button of an answer."""
    assert answer.whisper is not None
    return said(await story.say(answer.whisper.actions[0].line, who=who, origin=Origin.BUTTON))


async def test_a_given_role_holds_with_the_next_word_and_is_gone_with_the_next(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        assert "is for admins" in said(await story.say("settings --results channel", who="kenji"))
        answer = await story.say("role set <@linus> reviewer", who="ada")
        assert "<@linus> · role: nothing → reviewer" in said(answer)
        assert "Muted" in said(await story.say("mute <@kenji> cool down", who="linus"))
        assert "They still have a role" in said(await story.say("role set <@ada> member", who="ada")), "no rule made her an admin"
        assert "reviewer → nothing" in await undo(story, answer)
        assert "is for reviewers" in said(await story.say("mute <@kenji> cool down", who="linus"))


async def test_a_group_has_a_role_for_each_of_its_people(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False, BOT_ADMINS=RUN_BY_ADA) as story:
        await story.say("role set <@&design> admin", who="ada")
        assert "Settings saved" in said(await story.say("settings --results channel", who="grace"))
        assert "is for admins" in said(await story.say("settings --results thread", who="kenji"))
        assert "because of <@&design>" in said(await story.say("role show <@grace>", who="ada"))
        await story.say("role remove <@&design>", who="ada")
        assert "is for admins" in said(await story.say("settings --results thread", who="grace"))


async def test_a_role_for_a_while_ends_by_itself(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        answer = await story.say("role set <@grace> reviewer --for 2d", who="ada")
        assert "(Europe/London)" in said(answer), "in the reader's own time"
        (rule,) = await story.app.store.rules_of("playground:studio")
        assert rule.until is not None


@pytest.mark.parametrize("line", ["role set <@grace> admin", "role set <@ada> owner", "role set <@&brand> owner", "role remove <@linus>"])
async def test_only_owners_make_admins_and_owners_and_nobody_raises_themselves(tmp_path: Path, line: str) -> None:
    async with open_story(tmp_path, working=False, BOT_ADMINS="playground:kenji") as story:
        await story.say("role set <@linus> admin", who="kenji")
        before = await story.app.store.rules_of("playground:studio")
        assert "Only an owner" in said(await story.say(line, who="ada"))
        assert await story.app.store.rules_of("playground:studio") == before


async def test_an_admin_cannot_undo_what_an_owner_gave(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False, BOT_ADMINS="playground:kenji") as story:
        answer = await story.say("role set <@linus> owner", who="kenji")
        assert "Only an owner" in await undo(story, answer, who="ada")
        assert "owner → nothing" in await undo(story, answer, who="kenji")


async def test_the_last_one_who_was_made_admin_cannot_take_that_back_by_mistake(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False, BOT_ADMINS="playground:kenji") as story:
        await story.say("role set <@grace> owner", who="kenji")
        refused = said(await story.say("role remove <@grace>", who="grace"))
        assert "nobody else was made admin" in refused
        assert "always remains" in refused
        await story.say("role set <@linus> admin", who="grace")
        assert "owner → nothing" in said(await story.say("role remove <@grace>", who="grace"))


async def test_what_the_platform_gave_stays_and_that_is_said(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False, BOT_ADMINS="playground:kenji") as story:
        await story.say("help", who="ada")
        await story.say("role set <@ada> owner", who="kenji")
        assert "/role show tells" in said(await story.say("role set <@ada> member", who="kenji"))
        assert "Settings saved" in said(await story.say("settings --results channel", who="ada"))


async def test_roles_are_shown_and_listed_with_who_decided(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        assert "No roles were given" in said(await story.say("role list", who="ada"))
        await story.say("role set <@grace> reviewer", who="ada")
        assert "<@grace> reviewer, by <@ada>" in said(await story.say("role", who="ada"))
        assert "reviewer by decision of <@ada>" in said(await story.say("role <@grace>", who="ada")).casefold()
        await story.say("help", who="maya")
        assert "The platform says reviewer." in said(await story.say("role show <@maya>", who="ada"))
        assert "<@linus> is member.\nNobody gave" in said(await story.say("role show <@linus>", who="ada"))


@pytest.mark.parametrize(
    "line", ["role set", "role set <@grace>", "role set <#brand> reviewer", "role set everybody reviewer", "role set @nobody reviewer"]
)
async def test_what_is_no_role_for_anybody_is_refused(tmp_path: Path, line: str) -> None:
    async with open_story(tmp_path, working=False) as story:
        await story.say("help", who="grace")
        assert await story.app.store.rules_of("playground:studio") == [], said(await story.say(line, who="ada"))


async def test_a_guest_gets_no_role_and_brings_none(tmp_path: Path) -> None:
    """Whoever administers one workspace says nothing about the people of another one, in neither direction."""
    async with open_story(tmp_path, working=False) as story:
        guest = replace(story.person("grace"), workspace="elsewhere")
        await story.app.store.meet(replace(guest, id="guest", name="Guest"))
        assert "another workspace" in said(await story.say("role set <@guest> reviewer", who="ada"))
        await story.say("role set <@grace> reviewer", who="ada")
        there = Place(platform="playground", workspace="elsewhere", channel="general")
        known = await story.app.roles.known(story.person("grace"), there)
        assert known.roles == {Role.MEMBER}


async def test_help_lists_what_the_reader_may_do_and_explains_nothing_else(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        pages = {who: said(await story.say("help", who=who)) for who in ("grace", "maya", "ada")}
        assert "/mute" not in pages["grace"]
        assert "/mute" in pages["maya"]
        assert "/ban" not in pages["maya"]
        assert all(word in pages["ada"] for word in ("/ban", "/mute", "/role", "/access", "/pause"))
        assert "no command" in said(await story.say("help ban", who="grace"))
        await story.say("mute <@grace>", who="maya")
        assert "/imagine" not in said(await story.say("help"))


async def test_completion_offers_nothing_for_what_one_may_not_do(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        ask = story.app.dispatch.complete
        place = story.place()
        assert await ask(story.person("grace"), place, command="ban", option="for", typed="") == []
        assert "1d" in await ask(story.person("ada"), place, command="ban", option="for", typed="")
        await story.say("access set model sketch <@maya>", who="ada")
        assert await ask(story.person("grace"), place, command="imagine", option="model", typed="") == []
        assert "sketch" in await ask(story.person("maya"), place, command="imagine", option="model", typed="")


async def test_what_a_platform_says_is_remembered_without_what_was_decided_here(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        await story.say("role set <@grace> reviewer", who="ada")
        await story.say("help", who="grace")
        met = await story.app.store.person("playground", "studio", "grace")
        assert met is not None
        assert met.roles == {Role.MEMBER}


async def test_an_unknown_sort_of_invocation_changes_nothing(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        for origin in Origin:
            line = "role set <@grace> owner"
            asked = Invocation(person=story.person("grace"), place=story.place(), event=f"e {origin}", origin=origin, line=line)
            await story.app.dispatch.handle(asked)
        assert await story.app.store.rules_of("playground:studio") == []
