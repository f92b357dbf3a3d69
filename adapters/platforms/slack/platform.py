"""Slack's life and sending: a ChatPlatform on Socket Mode or signed HTTP, for one workspace or for all that install the app."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from types import MappingProxyType

import aiohttp
import structlog
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings

from adapters.platforms.slack.clients import TIMEOUT, Clients
from adapters.platforms.slack.desk import Desk
from adapters.platforms.slack.home import Home
from adapters.platforms.slack.http import pages
from adapters.platforms.slack.listeners import Listeners
from adapters.platforms.slack.manifest import SCOPES
from adapters.platforms.slack.people import People
from adapters.platforms.slack.posts import Posts
from adapters.platforms.slack.rooms import Rooms
from adapters.platforms.slack.settings import SlackSettings, missing
from adapters.platforms.slack.slips import PLATFORM
from adapters.platforms.slack.socket import Socket
from adapters.platforms.slack.whose import Body, enterprise_of, workspace_of
from adapters.platforms.slack.workspaces import States, Workspaces
from bot.errors import PlatformFault, SettingFault
from bot.model import LIMNER, Attachment, CommandSpec, Entry, Message, Person, Place, Post, subject_of_person
from bot.plugins import Kit
from bot.ports import ASGI, Hub

log = structlog.get_logger()

_GRACE = 5.0
"""Seconds that answers under way get when the platform stops."""


class Slack:
    """Its methods that send raise PlatformFault and nothing else; `run` raises SettingFault too."""

    name = PLATFORM
    pause = 3.0

    def __init__(self, settings: SlackSettings, kit: Kit, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._workspaces = Workspaces(kit.vault, record=partial(_record, kit))
        self._clients = Clients(settings, session, self._workspaces)
        self.posts = Posts(self._clients, kit)
        self._people = People(self.posts.calls, self.posts.groups, admin_group=settings.admin_group)
        self._rooms = Rooms(self.posts.calls)
        self._listeners = Listeners(self._clients, self._gone, self.posts.groups.forget)
        secret = settings.signing_secret.get_secret_value() if settings.signing_secret else secrets.token_hex(32)
        app = self._listeners.app(signing_secret=secret, oauth=_oauth(settings, kit, self._workspaces) if settings.many else None)
        self._socket = Socket(self._clients, app) if settings.mode == "socket" else None
        served = settings.many or self._socket is None
        site = pages(app, signing_secret=secret, events=self._socket is None, installs=settings.many) if served else None
        self._pages: Mapping[str, ASGI] = MappingProxyType({"/slack": site} if site else {})
        self._refused: asyncio.Future[SettingFault] | None = None

    @property
    def ready(self) -> bool:
        """Whether a line is open, or requests are taken."""
        return self._listeners.desk is not None and (self._socket is None or self._socket.ready)

    @property
    def pages(self) -> Mapping[str, ASGI]:
        """`/slack/events` with SLACK_MODE=http; `/slack/install` and `/slack/oauth_redirect` where workspaces install the app."""
        return self._pages

    async def run(self, menu: Sequence[CommandSpec], hub: Hub) -> None:
        """Receive until cancelled; what is under way then gets a few seconds to be answered.

        Raises:
            SettingFault: a setting is missing, or Slack refuses a token.
            PlatformFault: Slack cannot be reached.
        """
        if sentence := missing(self._settings):
            raise SettingFault(sentence)
        if self._settings.bot_token is not None:
            await self._clients.check()
        self._refused = asyncio.get_running_loop().create_future()
        fault: SettingFault | PlatformFault | None = None
        async with asyncio.TaskGroup() as tasks:
            desk = Desk(hub=hub, tasks=tasks, clients=self._clients, posts=self.posts, people=self._people, rooms=self._rooms)
            self._listeners.home = Home(hub=hub, posts=self.posts, people=self._people, rooms=self._rooms)
            self._listeners.desk = desk
            try:
                await self._receive(tasks)
            except (SettingFault, PlatformFault) as error:
                # Kept until the tasks have ended: out of the group it would come wrapped up.
                fault = error
            finally:
                try:
                    await desk.close(_GRACE)
                finally:
                    self._listeners.desk = None
        if fault is not None:
            raise fault

    async def post(self, place: Place, message: Message, *, key: str, again: bool = False) -> Post:
        """Post a message under a key."""
        post = await self.posts.post(place, message, key=key, again=again)
        self._rooms.posted(post)
        return post

    async def edit(self, post: Post, message: Message) -> None:
        """Replace a post's content."""
        await self.posts.edit(post, message)

    async def whisper(self, person: Person, place: Place, message: Message) -> None:
        """Show something to one person only; in their direct messages where they would not hear it in the channel."""
        await self.posts.whisper(person, place, message)

    async def open_thread(self, post: Post, title: str) -> Place:
        """The thread under a post."""
        return await self.posts.open_thread(post, title)

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of a file."""
        return await self.posts.fetch(attachment)

    async def _receive(self, tasks: asyncio.TaskGroup) -> None:
        """Take what comes until the token is refused; over HTTP it comes by itself."""
        if self._refused is None:
            return
        line = tasks.create_task(self._keep_line(tasks)) if self._socket else None
        ends = {self._refused, line} if line else {self._refused}
        try:
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if line:
                line.cancel()
                await asyncio.wait({line})
        raise next(iter(done)).result()

    async def _keep_line(self, tasks: asyncio.TaskGroup) -> SettingFault | PlatformFault:
        try:
            if self._socket:
                await self._socket.run(tasks)
        except (SettingFault, PlatformFault) as fault:
            return fault
        return PlatformFault("The line to Slack ended.")

    async def _gone(self, body: Body) -> None:
        """The app was taken away somewhere, or its token revoked. Told late, it may have come back since: Slack is asked first."""
        workspace, enterprise = workspace_of(body), enterprise_of(body)
        if self._settings.bot_token is not None and await self._is_own(workspace):
            try:
                await self._clients.check()
            except SettingFault as fault:
                if not self._settings.many and self._refused is not None and not self._refused.done():
                    self._refused.set_result(fault)
            return
        if not await self._clients.works(workspace):
            await self._workspaces.async_delete_bot(enterprise_id=enterprise or None, team_id=None if enterprise else workspace)

    async def _is_own(self, workspace: str) -> bool:
        return not self._settings.many or workspace == (await self._clients.identity()).team


def _oauth(settings: SlackSettings, kit: Kit, workspaces: Workspaces) -> AsyncOAuthSettings:
    return AsyncOAuthSettings(
        client_id=settings.client_id,
        client_secret=settings.client_secret.get_secret_value() if settings.client_secret else "",
        scopes=list(SCOPES),
        user_scopes=[],
        redirect_uri=f"{kit.public_url}/slack/oauth_redirect",
        install_path="/slack/install",
        redirect_uri_path="/slack/oauth_redirect",
        authorization_url=settings.api_url.removesuffix("api/") + "oauth/v2/authorize",
        installation_store=workspaces,
        installation_store_bot_only=True,
        state_store=States(kit.vault),
    )


@asynccontextmanager
async def open_slack(settings: SlackSettings, kit: Kit) -> AsyncGenerator[Slack]:
    """Slack on one HTTP session. Nothing is asked of Slack before `run`, or before something is posted."""
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
        slack = Slack(settings, kit, session)
        try:
            yield slack
        finally:
            slack.posts.close()


async def _record(kit: Kit, act: str, workspace: str, user: str) -> None:
    """Put on record that the app came to a workspace or went."""
    who = subject_of_person(Person(platform=PLATFORM, workspace=workspace, id=user)) if user else LIMNER
    await kit.record(Entry(act=act, who=who, platform=PLATFORM, workspace=workspace, at=kit.now()))
