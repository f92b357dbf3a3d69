"""People in Slack: their roles, zone and language, looked up seldom, and what holds where Slack does not say."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.model import Person, Role
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
    assert len(called(life.slack, "usergroups.users.list")) == 1


async def test_without_the_scope_everybody_is_a_member_and_still_served(life: Life) -> None:
    life.slack.team.scopes -= {"users:read"}
    await life.slack.command("grace", "general", "/imagine", "a fox")
    person = (await life.oracle.hears()).person
    assert (person.name, person.roles, person.id) == ("grace", {Role.MEMBER}, life.slack.find_user("grace").id)


async def test_when_slack_says_slow_down_nobody_waits_for_a_name(life: Life) -> None:
    life.slack.rate_limit("users.info", seconds=30)
    assert (await asked(life, "ada")).name == ""
