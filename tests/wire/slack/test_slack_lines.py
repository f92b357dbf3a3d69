import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore

from tests.flows.story import eventually
from tests.wire.slack.sdk import error_of, open_bolt, open_client, open_http, open_pages
from tests.wire.slack.server import SlackServer, open_slack


def listen(app: Any, seen: list[Any]) -> None:
    @app.command("/imagine")
    async def imagine(ack: Any, body: Any) -> None:
        seen.append(body["text"])
        await ack()

    @app.event("app_mention")
    async def mentioned(body: Any, request: Any) -> None:
        seen.append((body["event_id"], request.headers.get("x-slack-retry-num")))


async def test_payloads_go_to_any_one_of_several_connections() -> None:
    async with open_slack() as slack, open_client(slack) as client, open_bolt(slack, client, sockets=2) as app:
        listen(app, [])
        deliveries = [await slack.command("ada", "general", "/imagine", str(number)) for number in range(4)]
        assert sorted(delivery.socket for delivery in deliveries) == [1, 1, 2, 2]
        chosen = await slack.command("ada", "general", "/imagine", "x", socket=2)
        assert chosen.socket == 2


async def test_a_command_without_an_acknowledgement_times_out() -> None:
    async with open_slack(deadline=0.2) as slack, open_client(slack) as client, open_bolt(slack, client) as app:

        @app.command("/imagine")
        async def imagine(ack: Any) -> None:
            await asyncio.sleep(0.4)
            await ack()

        delivery = await slack.command("ada", "general", "/imagine", "a fox")
        assert (delivery.failed, delivery.acked, delivery.attempts) == ("operation_timeout", False, 1)


async def test_a_command_with_nobody_on_the_line_fails_at_once() -> None:
    async with open_slack() as slack:
        assert (await slack.command("ada", "general", "/imagine", "a fox")).failed == "dispatch_failed"


async def test_an_event_that_nobody_took_comes_again_on_the_next_connection() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        delivery = await slack.mention("ada", "general", "imagine a fox")
        assert delivery.failed == "dispatch_failed"
        seen: list[Any] = []
        async with open_bolt(slack, client) as app:
            listen(app, seen)

            async def taken() -> bool:
                return delivery.acked and bool(seen)

            await eventually(taken)
        assert seen == [(delivery.payload["event_id"], ["1"])]


async def test_the_same_envelope_can_come_twice() -> None:
    async with open_slack() as slack, open_client(slack) as client, open_bolt(slack, client) as app:
        seen: list[Any] = []
        listen(app, seen)
        delivery = await slack.mention("ada", "general", "imagine a fox")
        again = await slack.retry(delivery)

        async def twice() -> bool:
            return len(seen) == 2

        await eventually(twice)
        assert again.envelope["envelope_id"] == delivery.envelope["envelope_id"]
        assert seen == [(delivery.payload["event_id"], ["0"]), (delivery.payload["event_id"], ["1"])]


async def test_a_client_comes_back_after_a_refresh_and_after_a_cut() -> None:
    async with open_slack() as slack, open_client(slack) as client, open_bolt(slack, client) as app:
        listen(app, [])
        await slack.disconnect("refresh_requested")
        await slack.connected()
        refreshed = await slack.command("ada", "general", "/imagine", "a fox")
        assert (refreshed.acked, refreshed.socket) == (True, 2)
        slack.break_socket()
        await slack.line.disconnected()
        await slack.connected()
        assert (await slack.command("ada", "general", "/imagine", "a fox")).acked


async def test_connections_can_be_refused_and_need_the_app_token() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        assert await error_of(client.apps_connections_open(app_token="xapp-wrong")) == "invalid_auth"
        slack.refuse_connections()
        with pytest.raises(aiohttp.ClientError):
            await client.apps_connections_open(app_token=slack.app_token)
        slack.refuse_connections(on=False)
        assert (await client.apps_connections_open(app_token=slack.app_token))["url"].startswith("ws://127.0.0.1")


async def test_the_eleventh_connection_is_turned_away() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
        sockets = [await slack.line.session.ws_connect(url) for _ in range(11)]
        hellos = [(await socket.receive_json()) for socket in sockets]
        assert [hello["type"] for hello in hellos] == ["hello"] * 10 + ["disconnect"]
        assert (hellos[9]["num_connections"], hellos[10]["reason"]) == (10, "too_many_websockets")
        assert hellos[0]["debug_info"]["approximate_connection_time"] == 3600
        for socket in sockets:
            await socket.close()


async def test_http_is_signed_and_stale_or_forged_requests_are_refused() -> None:
    async with open_slack() as slack, open_client(slack) as client, open_http(slack, client) as app:
        seen: list[Any] = []
        listen(app, seen)
        delivery = await slack.command("ada", "general", "/imagine", "a fox & more")
        assert (delivery.status, seen) == (200, ["a fox &amp; more"])
        assert "challenge" in await slack.verify_url()
        assert await slack.check_ssl() == 200
        assert await slack.post_stale(delivery.payload) == 401
        assert await slack.post_forged(delivery.payload) == 401
        assert len(seen) == 1


async def test_an_http_event_that_fails_is_sent_again_at_once_with_its_number() -> None:
    numbers: list[str | None] = []

    async def answer(request: web.Request) -> web.Response:
        numbers.append(request.headers.get("x-slack-retry-num"))
        return web.Response(status=200 if len(numbers) > 1 else 500)

    app = web.Application()
    app.router.add_post("/slack/events", answer)
    async with open_slack() as slack, open_pages(app) as slack.http_target:
        delivery = await slack.mention("ada", "general", "imagine")

        async def again() -> bool:
            return len(numbers) == 2 and delivery.acked

        await eventually(again)
        assert numbers == [None, "1"]


async def test_a_no_retry_header_ends_the_retries() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    app = web.Application()
    app.router.add_post("/slack/events", answer)
    async with open_slack() as slack, open_pages(app) as slack.http_target:
        assert (await slack.mention("ada", "general", "imagine")).failed == "no_retry"
        assert slack.again == []


def installable(slack: SlackServer, client: Any, store: FileInstallationStore, states: str) -> Any:
    settings = AsyncOAuthSettings(
        client_id=slack.client_id,
        client_secret=slack.client_secret,
        scopes=["chat:write", "commands"],
        installation_store=store,
        state_store=FileOAuthStateStore(expiration_seconds=60, base_dir=states),
    )
    return AsyncApp(signing_secret=slack.signing_secret, client=client, oauth_settings=settings)


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")  # slack_sdk 3.47 sends the client's secret with it
async def test_an_install_gives_a_workspace_its_own_token(tmp_path: Path) -> None:
    async with open_slack() as slack, open_client(slack, "") as client:
        team = slack.add_team("T0OTHER", installed=False)
        store = FileInstallationStore(base_dir=str(tmp_path), client_id=slack.client_id)
        app = installable(slack, client, store, str(tmp_path / "states"))
        async with open_pages(app.web_app("/slack/events")) as pages:
            _, page = await slack.install(team, f"{pages}/slack/install", allow=False)
            assert ("access_denied" in page, team.state) == (True, "absent")
            status, _ = await slack.install(team, f"{pages}/slack/install")
        assert (status, team.state, team.scopes) == (200, "live", {"chat:write", "commands"})
        bot = await store.async_find_bot(enterprise_id=None, team_id="T0OTHER")
        assert bot is not None
        assert bot.bot_token == team.bot_token


async def test_a_token_works_in_its_own_workspace_until_the_app_is_removed() -> None:
    async with open_slack() as slack:
        team = slack.add_team("T0OTHER")
        async with open_client(slack, team.bot_token) as client:
            assert (await client.auth_test())["team_id"] == "T0OTHER"
            await client.chat_postMessage(channel=slack.find_channel("general", team).id, text="hello")
            assert await error_of(client.chat_postMessage(channel=slack.find_channel("general").id, text="x")) == "channel_not_found"
            await slack.uninstall(team)
            events = [delivery.payload["event"]["type"] for delivery in slack.deliveries]
            assert events == ["tokens_revoked", "app_uninstalled"]
            assert await error_of(client.auth_test()) == "account_inactive"
