"""People in Slack: their roles, zone and language, looked up seldom, and what holds where Slack does not say."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.model import Answer, Message, Person, Role
from tests.wire.slack.server import SlackServer, open_slack
from tests.wire.slack_life import Life, open_life
from tests.wire.slack_posts import TEAM, called

GROUP = "S0LIMNERADMINS"


@pytest.fixture
async def slack() -> AsyncGenerator[SlackServer]:
    async with open_slack() as server:
        yield server


@pytest.fixture
async def life(slack: SlackServer, tmp_path: Path) -> AsyncGenerator[Life]:
    async with open_life(slack, tmp_path, admin_group=GROUP) as opened:
        yield opened


async def asked(life: Life, who: str, channel: str = "general") -> Person:
    """Who somebody is for the hub."""
    many = len(life.oracle.heard) + 1
    await life.slack.mention(who, channel, "help")
    return (await life.oracle.hears(many)).person


@pytest.mark.parametrize(
    ("who", "roles"),
    [
        ("grace", {Role.MEMBER, Role.ADMIN, Role.OWNER}),
        ("ivy", {Role.MEMBER, Role.ADMIN}),
        ("ada", {Role.MEMBER}),
        ("guest", {Role.MEMBER}),
    ],
)
async def test_roles_are_the_workspaces_own_and_those_of_a_user_group(life: Life, who: str, roles: set[Role]) -> None:
    assert (await asked(life, who)).roles == roles


async def test_name_zone_and_language_are_as_slack_has_them(life: Life) -> None:
    person = await asked(life, "ada")
    assert (person.name, person.zone, person.language) == ("ada", "Europe/Berlin", "de-DE")
    assert person.key == f"slack:{TEAM}:U0LIMNERADA"


async def test_somebody_from_elsewhere_counts_there_and_is_nobodys_admin(life: Life) -> None:
    life.slack.find_user("stranger").admin = True
    person = await asked(life, "stranger", "partners")
    assert (person.workspace, person.roles) == ("T0ELSEWHERE", {Role.MEMBER})
    assert life.oracle.heard[-1].place.workspace == TEAM


async def test_a_guest_in_the_group_is_no_admin(life: Life) -> None:
    life.slack.team.groups[GROUP].users.append(life.slack.find_user("guest").id)
    assert (await asked(life, "guest")).roles == {Role.MEMBER}


async def test_a_person_is_looked_up_once_in_a_while(life: Life) -> None:
    for _ in range(3):
        await asked(life, "ada")
    assert len(called(life.slack, "users.info")) == 1


async def test_a_plan_without_groups_has_only_its_own_admins(life: Life) -> None:
    life.slack.team.paid = False
    assert (await asked(life, "ivy")).roles == {Role.MEMBER}
    assert (await asked(life, "grace")).administers
    assert len(called(life.slack, "usergroups.list")) == 1


async def test_groups_are_the_workspaces_user_groups(life: Life) -> None:
    assert (await asked(life, "ada")).groups == {"S0LIMNERDESIGN"}
    assert (await asked(life, "ivy")).groups == {"S0LIMNERDESIGN", GROUP}
    assert (await asked(life, "grace")).groups == set()
    assert len(called(life.slack, "usergroups.list")) == 1


async def test_a_change_of_a_group_holds_as_soon_as_slack_tells_of_it(life: Life) -> None:
    assert (await asked(life, "ada")).roles == {Role.MEMBER}
    await life.slack.regroup("limner-admins", ["ada"])
    person = await asked(life, "ada")
    assert (person.roles, person.groups) == ({Role.MEMBER, Role.ADMIN}, {GROUP, "S0LIMNERDESIGN"})
    assert (await asked(life, "ivy")).roles == {Role.MEMBER}


@pytest.mark.parametrize("scopes", [{"usergroups:read"}, set[str]()])
async def test_without_scope_or_plan_nobody_is_in_a_group_and_nobody_hears_of_it(
    life: Life, scopes: set[str], caplog: pytest.LogCaptureFixture
) -> None:
    life.slack.team.scopes -= scopes
    life.slack.team.paid = bool(scopes)
    for _ in range(2):
        assert (await asked(life, "ada")).groups == set()
    assert len(called(life.slack, "usergroups.list")) == 1
    assert "group" not in caplog.text


async def test_while_slack_does_not_answer_the_last_groups_hold(life: Life) -> None:
    assert (await asked(life, "ada")).groups == {"S0LIMNERDESIGN"}
    life.slack.crash("usergroups.list", times=9)
    await life.slack.regroup("designers", [])
    assert (await asked(life, "ada")).groups == {"S0LIMNERDESIGN"}


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("set @designers #general 5/day", "quota set <@&S0LIMNERDESIGN|designers> <#C0LIMNERGENERAL|general> 5/day"),
        ("set @nobody #nowhere 5/day", "quota set @nobody #nowhere 5/day"),
        ("set @ada 5/day", "quota set <@U0LIMNERADA> 5/day"),
    ],
)
async def test_groups_and_channels_in_a_command_or_a_mention_are_marks(life: Life, typed: str, line: str) -> None:
    life.slack.commands.add("/quota")
    await life.slack.command("grace", "general", "/quota", typed)
    await life.slack.mention("grace", "general", f"quota {typed}")
    await life.oracle.hears(2)
    assert {invocation.line for invocation in life.oracle.heard} == {line}


async def test_marks_are_shown_as_names_and_links_that_ring_nobody(life: Life) -> None:
    said = "<@U0LIMNERADA> of <@&S0LIMNERDESIGN> in <#C0LIMNERGENERAL>, and <#C0NOWHERE>"
    life.oracle.answers["help"] = Answer(
        whisper=Message(text=said, title=said, body=said, fields=((said, said), ("Alerts", "<#C0LIMNERGENERAL>")))
    )
    await life.slack.mention("grace", "general", "help")
    seen = await life.sees("grace")
    named = "@ada of @designers in #general, and a private channel"
    assert seen.text == named
    title, body, *_ = seen.blocks
    assert title["text"]["text"] == named
    elements = body["elements"][0]["elements"]
    assert [element.get("text") or element["channel_id"] for element in elements] == [
        "@ada of @designers in ",
        "C0LIMNERGENERAL",
        ", and ",
        "C0NOWHERE",
    ]
    assert {ping.kind for ping in life.slack.fired} <= {"place"}


async def test_without_the_scope_everybody_is_a_member_and_still_served(life: Life) -> None:
    life.slack.team.scopes -= {"users:read"}
    await life.slack.command("grace", "general", "/imagine", "a fox")
    person = (await life.oracle.hears()).person
    assert (person.name, person.roles, person.id) == ("grace", {Role.MEMBER}, life.slack.find_user("grace").id)


async def test_when_slack_says_slow_down_nobody_waits_for_a_name(life: Life) -> None:
    life.slack.rate_limit("users.info", seconds=30)
    assert (await asked(life, "ada")).name == ""
