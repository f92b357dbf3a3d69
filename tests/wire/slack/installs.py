"""Installs: the OAuth pages, the code for a token, and who a token belongs to."""

import base64
from urllib.parse import urlencode

from aiohttp import web

from tests.wire.slack.calls import Call
from tests.wire.slack.nouns import JSON, Refusal
from tests.wire.slack.world import World


def check_auth(call: Call) -> JSON:
    grid = {"enterprise_id": call.team.enterprise_id} if call.team.enterprise_id else {}
    return {
        "url": f"{call.world.url}/",
        "team": call.team.name,
        "user": call.team.bot.name,
        "team_id": call.team.id,
        "user_id": call.team.bot.id,
        "bot_id": call.team.bot_id,
        "is_enterprise_install": call.team.org_wide,
        **grid,
    }


def revoke(call: Call) -> JSON:
    if not call.flag("test"):
        call.team.state = "revoked"
    return {"revoked": not call.flag("test")}


def authorize(world: World, request: web.Request) -> web.Response:
    """The consent page, as it is left: `team` and `allow` say what the person chose there."""
    query = request.query
    scopes = {scope for scope in query.get("scope", "").split(",") if scope}
    back = query.get("redirect_uri") or world.redirect_url
    if query.get("client_id") != world.client_id or not scopes or not back:
        return web.Response(status=400, text="invalid_client_id, no scopes, or no redirect_uri")
    answer = {"state": query.get("state", "")}
    if query.get("allow") == "no":
        answer["error"] = "access_denied"
    else:
        code = world.key("code")
        world.codes[code] = (world.teams[query["team"]], back, scopes)
        answer["code"] = code
    return web.Response(status=302, headers={"Location": f"{back}?{urlencode(answer)}"})


def exchange(world: World, args: JSON, authorization: str) -> JSON:
    """A code for a token: oauth.v2.access, once a code, with the client's own secret."""
    secret = (str(args.get("client_id", "")), str(args.get("client_secret", "")))
    if authorization.startswith("Basic "):
        name, _, word = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        secret = (name, word)
    if secret[0] != world.client_id:
        raise Refusal("invalid_client_id")
    if secret[1] != world.client_secret:
        raise Refusal("bad_client_secret")
    code = str(args.get("code", ""))
    if code not in world.codes:
        raise Refusal("invalid_code")
    team, redirect, scopes = world.codes.pop(code)
    if args.get("redirect_uri") and args["redirect_uri"] != redirect:
        raise Refusal("bad_redirect_uri")
    if team.state in {"revoked", "uninstalled"}:
        team.bot_token = f"{team.bot_token}-{world.key('')}"
    team.state, team.scopes = "live", scopes
    world.tokens[team.bot_token] = team
    return {
        "app_id": world.app_id,
        "authed_user": {"id": next(user.id for user in team.users.values() if user.owner)},
        "scope": ",".join(sorted(scopes)),
        "token_type": "bot",
        "access_token": team.bot_token,
        "bot_user_id": team.bot.id,
        "team": None if team.org_wide else {"id": team.id, "name": team.name},
        "enterprise": {"id": team.enterprise_id, "name": "Grid"} if team.enterprise_id else None,
        "is_enterprise_install": team.org_wide,
    }
