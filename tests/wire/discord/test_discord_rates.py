"""How often one may ask, and what goes wrong on request."""

import aiohttp
import pytest

from tests.wire.discord.caller import calling
from tests.wire.discord.server import open_discord


async def test_a_caller_without_a_name_or_a_token_is_turned_away() -> None:
    async with open_discord() as server, calling(server) as caller:
        assert (await caller.ask("GET", "/users/@me", headers={"Authorization": "Bot wrong"})).status == 401
        async with (
            aiohttp.ClientSession(skip_auto_headers=["User-Agent"]) as session,
            session.get(f"{server.api_url}/users/@me", headers={"Authorization": f"Bot {server.token}"}) as response,
        ):
            assert response.status == 403
        assert server.invalid_requests == 1


async def test_each_route_has_its_bucket_and_says_how_full_it_is() -> None:
    async with open_discord(limit=2, window=30) as server, calling(server) as caller:
        first, second, third = [await caller.post("general", {"content": "x"}) for _ in range(3)]
        assert [first.headers["X-RateLimit-Remaining"], second.headers["X-RateLimit-Remaining"]] == ["1", "0"]
        assert third.status == 429
        assert third.headers["Via"]
        assert third.headers["X-RateLimit-Scope"] == "user"
        assert 0 < third.body["retry_after"] <= 30
        assert (await caller.post("grown-ups", {"content": "x"})).status == 200
        assert server.invalid_requests == 1


async def test_the_token_has_a_limit_of_its_own() -> None:
    async with open_discord(most=3) as server, calling(server) as caller:
        replies = [await caller.post(name, {"content": "x"}) for name in ("general", "grown-ups", "lobby", "announcements")]
        assert [reply.status for reply in replies] == [200, 200, 200, 429]
        assert replies[-1].body["global"] is True
        assert replies[-1].headers["X-RateLimit-Global"] == "true"
        assert (await caller.ask("GET", f"/webhooks/{server.application_id}/nobody/messages/@original")).code == 50027


async def test_too_many_invalid_requests_are_a_ban() -> None:
    async with open_discord(patience=2) as server, calling(server) as caller:
        for _ in range(2):
            await caller.post("no-sending", {"content": "x"})
        banned = await caller.post("general", {"content": "x"})
        assert banned.status == 429
        assert "Via" not in banned.headers
        assert "error code: 1015" in banned.body


async def test_a_shared_limit_is_nobodys_fault() -> None:
    async with open_discord() as server, calling(server) as caller:
        server.rate_limit("POST /channels/*/messages", 0.01, scope="shared")
        assert (await caller.post("general", {"content": "x"})).headers["X-RateLimit-Scope"] == "shared"
        assert server.invalid_requests == 0
        assert (await caller.post("general", {"content": "x"})).status == 200


async def test_a_lost_reply_took_effect() -> None:
    async with open_discord() as server, calling(server) as caller:
        server.lost_reply("POST /channels/*/messages")
        with pytest.raises(aiohttp.ClientError):
            await caller.post("general", {"content": "x"})
        assert len(server.messages("general")) == 1
        assert server.calls[-1].lost


async def test_an_error_on_request_has_no_effect() -> None:
    async with open_discord() as server, calling(server) as caller:
        server.fail("POST /channels/*/messages", 500, times=2)
        assert [(await caller.post("general", {"content": "x"})).status for _ in range(3)] == [500, 500, 200]
        assert len(server.messages("general")) == 1
