"""What `limner doctor` asks of Slack: tokens, scopes, the admins' group, installations; nothing is posted."""

from collections.abc import AsyncIterator

import aiohttp

from adapters.platforms.slack.calls import Calls
from adapters.platforms.slack.clients import TIMEOUT, Clients, Identity
from adapters.platforms.slack.manifest import REASONS, SCOPES
from adapters.platforms.slack.pace import Pace
from adapters.platforms.slack.settings import SlackSettings, missing
from adapters.platforms.slack.shapes import texts
from adapters.platforms.slack.workspaces import Workspaces
from bot.errors import LimnerError, PlatformFault
from bot.plugins import Finding, Kit


async def examine(settings: SlackSettings, kit: Kit) -> AsyncIterator[Finding]:
    """Look at everything that can be looked at from here."""
    if sentence := missing(settings):
        yield Finding(subject="slack settings", good=False, sentence=sentence)
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
        workspaces = Workspaces(kit.vault)
        clients = Clients(settings, session, workspaces)
        if settings.bot_token is not None:
            async for finding in _token(settings, clients):
                yield finding
        if settings.mode == "socket" and settings.app_token is not None:
            yield await _socket(clients)
    if settings.mode == "http" or settings.many:
        yield _address(settings, kit.public_url)
    if settings.many:
        yield await _installations(workspaces, kit.public_url)


async def _token(settings: SlackSettings, clients: Clients) -> AsyncIterator[Finding]:
    try:
        identity = await clients.check()
    except LimnerError as error:
        yield Finding(subject="slack token", good=False, sentence=str(error))
        return
    yield Finding(subject="slack token", good=True, sentence=f"@{identity.bot_name} in {identity.team_name} ({identity.team})")
    yield _scopes(identity)
    if settings.admin_group:
        yield await _group(settings, clients, identity)


def _scopes(identity: Identity) -> Finding:
    lacking = [scope for scope in SCOPES if scope not in identity.scopes]
    if not identity.scopes:
        return Finding(subject="slack scopes", good=True, sentence="Slack did not say which scopes the token has")
    if lacking:
        reasons = "; ".join(f"{scope} ({REASONS[scope]})" for scope in lacking)
        advice = "Add them under OAuth & Permissions, or paste `limner manifest slack` anew, and install the app again."
        return Finding(subject="slack scopes", good=False, sentence=f"Missing: {reasons}. {advice}")
    return Finding(subject="slack scopes", good=True, sentence=f"all {len(SCOPES)} are there")


async def _group(settings: SlackSettings, clients: Clients, identity: Identity) -> Finding:
    try:
        answer = await Calls(clients, Pace()).call(identity.team, "usergroups.users.list", {"usergroup": settings.admin_group})
    except PlatformFault as fault:
        sentence = f"Nobody in SLACK_ADMIN_GROUP {settings.admin_group} is known: {fault.sentence} Name admins in BOT_ADMINS instead."
        return Finding(subject="slack admin group", good=False, sentence=sentence)
    return Finding(subject="slack admin group", good=True, sentence=f"{len(texts(answer.get('users')))} people in {settings.admin_group}")


async def _socket(clients: Clients) -> Finding:
    try:
        await clients.open_socket()
    except LimnerError as error:
        return Finding(subject="slack socket", good=False, sentence=str(error))
    return Finding(subject="slack socket", good=True, sentence="Socket Mode is on, and Slack takes the app-level token")


def _address(settings: SlackSettings, public_url: str) -> Finding:
    path = "/slack/events" if settings.mode == "http" else "/slack/oauth_redirect"
    if not public_url.startswith("https://"):
        sentence = f"Slack needs an address that begins with https:// for {path}; BOT_PUBLIC_URL gives {public_url}."
        return Finding(subject="slack address", good=False, sentence=sentence)
    return Finding(subject="slack address", good=True, sentence=f"{public_url}{path}")


async def _installations(workspaces: Workspaces, public_url: str) -> Finding:
    try:
        count = await workspaces.count()
    except LimnerError as error:
        return Finding(subject="slack installations", good=False, sentence=str(error))
    return Finding(subject="slack installations", good=True, sentence=f"{count}; workspaces install the app at {public_url}/slack/install")
