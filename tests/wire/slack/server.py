"""A small Slack on loopback: the Web API, uploads, response URLs, Socket Mode, signed HTTP and the OAuth pages, with the real limits."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
from aiohttp import web

from tests.wire.slack import answers, installs, uploads
from tests.wire.slack import web as api
from tests.wire.slack.filling import Filling
from tests.wire.slack.limits import Limiter
from tests.wire.slack.line import Line
from tests.wire.slack.nouns import JSON, Impossible, Team
from tests.wire.slack.pressing import Pressing
from tests.wire.slack.talking import Talking


@dataclass(kw_only=True)
class SlackServer(Pressing, Filling, Talking):
    """Slack, from where a test stands."""

    limiter: Limiter = field(default_factory=Limiter)

    # Where payloads go

    @property
    def http_target(self) -> str:
        """The address of the app's HTTP server; empty for Socket Mode."""
        return self.line.target

    @http_target.setter
    def http_target(self, target: str) -> None:
        self.line.target = target

    @property
    def sockets(self) -> int:
        """How many connections are open."""
        return len(self.line.sockets)

    async def connected(self, many: int = 1, *, within: float = 20.0) -> None:
        """Wait until the app holds this many connections."""
        await self.line.connected(many, within=within)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the app to reconnect: `warning` only says so; every other reason returns when the old connections are gone."""
        await self.line.hang_up(reason, close=reason != "warning")

    def break_socket(self) -> None:
        """Cut every connection without a word."""
        self.line.break_off()

    def delay_files(self, polls: int) -> None:
        """Let files be processed only after this many looks at files.info, or as many seconds."""
        self.file_polls = polls

    def disable_file_uploads(self, team: Team | str | None = None) -> None:
        """File uploads are switched off in a workspace."""
        self.find_team(team).files_disabled = True

    file_uploads_disabled = disable_file_uploads

    # Signed HTTP

    async def verify_url(self) -> str:
        """Slack's check of an events address; gives what came back for the challenge."""
        body = '{"token":"verification","challenge":"a-challenge","type":"url_verification"}'
        _, text, _ = await self.line.request(body, "application/json")
        return text

    async def check_ssl(self) -> int:
        """The probe that a distributed app's commands get; gives the status."""
        status, _, _ = await self.line.request("ssl_check=1&token=verification", "application/x-www-form-urlencoded")
        return status

    async def post_stale(self, delivery_payload: JSON, *, age: float = 301) -> int:
        """A command with a good signature that is too old; gives the status."""
        body = urlencode(delivery_payload)
        status, _, _ = await self.line.request(body, "application/x-www-form-urlencoded", age=age)
        return status

    async def post_forged(self, delivery_payload: JSON) -> int:
        """A command that somebody without the secret signed; gives the status."""
        body = urlencode(delivery_payload)
        status, _, _ = await self.line.request(body, "application/x-www-form-urlencoded", secret="a guess")
        return status

    # Installing

    async def install(self, team: Team | str, start_url: str, *, allow: bool = True) -> tuple[int, str]:
        """Go through the pages of an install as an admin of the workspace; gives the status and text of the app's last page."""
        home = self.find_team(team)
        self.redirect_url = self.redirect_url or start_url.replace("/install", "/oauth_redirect")
        async with self.line.session.get(start_url, allow_redirects=False) as page:
            cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in page.cookies.items())
            target = page.headers.get("Location") or link_in(await page.text())
        # Slack's own host stands for this server, as it would in a person's browser.
        query = {**dict(parse_qsl(urlsplit(target).query)), "team": home.id, "allow": "yes" if allow else "no"}
        async with self.line.session.get(f"{self.url}/oauth/v2/authorize?{urlencode(query)}", allow_redirects=False) as page:
            if page.status != 302:
                return page.status, await page.text()
            back = page.headers["Location"]
        async with self.line.session.get(back, headers={"Cookie": cookie}, allow_redirects=False) as page:
            return page.status, await page.text()


def link_in(text: str) -> str:
    """The address of Slack's consent page on an install page."""
    found = re.search(r'href="([^"]*/oauth/v2/authorize[^"]*)"', text)
    if found is None:
        raise Impossible("the install page has no button to Slack")
    return unescape(found[1])


def build(server: SlackServer) -> web.Application:
    """Every address that Slack answers."""
    app = web.Application(client_max_size=64 * 2**20)

    async def call(request: web.Request) -> web.StreamResponse:
        return await api.serve(server, server.limiter, request)

    async def upload(request: web.Request) -> web.Response:
        return await uploads.receive(server, request)

    async def download(request: web.Request) -> web.Response:
        return uploads.serve_private(server, request)

    async def respond(request: web.Request) -> web.Response:
        return await answers.receive(server, request)

    async def authorize(request: web.Request) -> web.Response:
        return installs.authorize(server, request)

    async def link(request: web.Request) -> web.StreamResponse:
        return await server.line.serve(request)

    app.router.add_route("*", "/api/{method}", call)
    app.router.add_post("/upload/v1/{ticket}", upload)
    app.router.add_get("/files-pri/{key}/{name}", download)
    app.router.add_get("/files-pri/download/{key}/{name}", download)
    app.router.add_post("/commands/{team}/{token}", respond)
    app.router.add_get("/oauth/v2/authorize", authorize)
    app.router.add_get("/link/", link)
    return app


@asynccontextmanager
async def open_slack(**options: Any) -> AsyncGenerator[SlackServer]:
    """A Slack with one workspace, listening on loopback until the block ends; options are fields of SlackServer."""
    server = SlackServer(**options)
    runner = web.AppRunner(build(server), access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    fault: Exception | None = None
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session, asyncio.TaskGroup() as group:
            server.line, server.group = Line(world=server, session=session), group
            try:
                yield server
            except Exception as raised:  # noqa: BLE001 - it goes on below, out of the group, so that a test sees it as it is
                fault = raised
            for task in server.again:
                task.cancel()
            for socket in list(server.line.sockets):
                await socket.ws.close()
    finally:
        await runner.cleanup()
    if fault:
        raise fault
