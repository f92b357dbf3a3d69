"""Many workspaces: each installs the app by itself, is answered with its own token, and takes the app away again."""

import json
import socket
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import aiohttp
import pytest

from adapters.web import listen
from bot.errors import PlatformFault
from bot.model import Message, Place
from tests.flows.story import eventually
from tests.wire.slack.server import SlackServer, open_slack
from tests.wire.slack_life import Life, Oracle, open_life, whispered
from tests.wire.slack_posts import Cabinet
from tests.wire.slack_site import open_site

# slack_sdk sends the client's secret in a way of aiohttp's that its next major version will not have.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

OTHER = "T0OTHER"


@pytest.fixture
async def slack() -> AsyncGenerator[SlackServer]:
    async with open_slack() as server:
        server.add_team(OTHER, installed=False)
        yield server


@pytest.fixture
def cabinet() -> Cabinet:
    return Cabinet()


@pytest.fixture
def listener(cabinet: Cabinet) -> Iterator[socket.socket]:
    with listen("127.0.0.1", 0) as listening:
        cabinet.public_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield listening


@pytest.fixture
async def life(slack: SlackServer, cabinet: Cabinet, listener: socket.socket, tmp_path: Path) -> AsyncGenerator[Life]:
    """A bot without a token of its own, whose pages are served."""
    many = {"bot_token": None, "client_id": slack.client_id, "client_secret": slack.client_secret}
    oracle = Oracle(answers={"imagine": whispered("Taken.")})
    async with open_life(slack, tmp_path, oracle, cabinet, **many) as opened, open_site(opened.platform.pages, listener):
        yield opened


async def install(life: Life, cabinet: Cabinet, team: str, *, allow: bool = True) -> tuple[int, str]:
    return await life.slack.install(team, f"{cabinet.public_url}/slack/install", allow=allow)


async def said(life: Life, team: str, many: int) -> Place:
    """Somebody in a workspace types a command, and is answered there."""
    await life.slack.command("ada", "general", "/imagine", "a fox", team=team)
    heard = await life.oracle.hears(many)

    async def answered() -> bool:
        return bool(life.slack.ephemerals("ada", team=team))

    await eventually(answered)
    return heard.place


async def test_each_workspace_is_answered_with_its_own_token(life: Life, cabinet: Cabinet) -> None:
    assert (await install(life, cabinet, "T0LIMNER"))[0] == 200
    assert (await install(life, cabinet, OTHER))[0] == 200
    places = [await said(life, team, many) for many, team in enumerate(("T0LIMNER", OTHER), start=1)]
    assert [place.workspace for place in places] == ["T0LIMNER", OTHER]
    for place in places:
        await life.platform.post(place, Message(text="Done."), key=f"{place.workspace}:card")
        assert [message.text for message in life.slack.messages("general", team=place.workspace)] == ["Done."]


async def test_tokens_are_kept_in_the_vault_alone(life: Life, cabinet: Cabinet, tmp_path: Path) -> None:
    await install(life, cabinet, OTHER)
    token = life.slack.teams[OTHER].bot_token
    assert [name for name, value in cabinet.vault.kept.items() if token.encode() in value] == [f"team/{OTHER}"]
    assert not any(token.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


async def test_whoever_says_no_installs_nothing(life: Life, cabinet: Cabinet) -> None:
    await install(life, cabinet, OTHER, allow=False)
    assert not [name for name in cabinet.vault.kept if name.startswith("team/")]


@pytest.mark.usefixtures("life")
async def test_nobody_can_finish_what_somebody_else_began(cabinet: Cabinet) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{cabinet.public_url}/slack/oauth_redirect", params={"code": "code1", "state": "a guess"}) as answer,
    ):
        assert answer.status in {400, 401}
    assert not cabinet.vault.kept


async def test_where_the_app_is_not_installed_a_command_says_so(life: Life) -> None:
    await life.slack.command("ada", "general", "/imagine", "a fox", team=OTHER)

    async def told() -> str:
        return "".join(message.text for message in life.slack.ephemerals("ada", team=OTHER))

    assert "not installed" in await eventually(told)
    assert life.oracle.heard == []


async def test_a_workspace_that_takes_the_app_away_is_forgotten_and_may_come_back(life: Life, cabinet: Cabinet) -> None:
    await install(life, cabinet, "T0LIMNER")
    await install(life, cabinet, OTHER)
    place = await said(life, OTHER, 1)
    await life.slack.uninstall(OTHER)

    async def forgotten() -> bool:
        return f"team/{OTHER}" not in cabinet.vault.kept

    await eventually(forgotten)
    with pytest.raises(PlatformFault) as caught:
        await life.platform.post(place, Message(text="Done."), key="3f2a:card")
    assert caught.value.permanent
    assert not life.task.done()
    await said(life, "T0LIMNER", 2)
    assert (await install(life, cabinet, OTHER))[0] == 200
    await life.platform.post(place, Message(text="Done."), key="3f2a:card")


async def test_a_token_that_is_revoked_is_forgotten(life: Life, cabinet: Cabinet) -> None:
    await install(life, cabinet, OTHER)
    await life.slack.revoke_tokens(OTHER)

    async def forgotten() -> bool:
        return f"team/{OTHER}" not in cabinet.vault.kept

    await eventually(forgotten)


async def test_news_of_an_end_that_comes_after_a_new_beginning_does_no_harm(life: Life, cabinet: Cabinet) -> None:
    await install(life, cabinet, OTHER)
    team = life.slack.teams[OTHER]
    await life.slack.tell(team, {"type": "app_uninstalled", "event_ts": "1.0"})
    await said(life, OTHER, 1)
    assert f"team/{OTHER}" in cabinet.vault.kept


async def test_an_organisations_token_serves_the_workspace_where_it_was_said(life: Life, cabinet: Cabinet) -> None:
    team = life.slack.add_team("T0GRID", enterprise_id="E0GRID")
    team.org_wide = True
    kept = {"token": team.bot_token, "bot_user": team.bot.id, "bot_id": team.bot_id, "team": "", "enterprise": "E0GRID", "scopes": ""}
    cabinet.vault.kept["org/E0GRID"] = json.dumps(kept).encode()
    place = await said(life, "T0GRID", 1)
    assert place.workspace == "T0GRID"
    await life.slack.mention("ada", "general", "imagine a boat", team="T0GRID")
    assert (await life.oracle.hears(2)).place.workspace == "T0GRID"
