"""The Web API's front door: arguments, token, rate, troubles, and the answer on the wire."""

import asyncio
import inspect
import json
from collections.abc import Mapping

from aiohttp import web

from tests.wire.slack import installs
from tests.wire.slack.calls import Call
from tests.wire.slack.limits import Limiter
from tests.wire.slack.methods import METHODS
from tests.wire.slack.nouns import JSON, Called, Refusal, Team
from tests.wire.slack.troubles import Trouble
from tests.wire.slack.world import World

TOKEN_FAULTS = {"revoked": "token_revoked", "uninstalled": "account_inactive", "absent": "invalid_auth"}


async def serve(world: World, limiter: Limiter, request: web.Request) -> web.StreamResponse:
    """Answer one call."""
    method = request.match_info["method"]
    args = await read_args(request)
    token = token_of(request, args)
    trouble = world.next_troubles(method)
    if world.down or (world.refusing and method == "apps.connections.open"):
        return drop(request)
    if "slow" in trouble:
        await asyncio.sleep(trouble["slow"].seconds)
    world.catch_up()
    team = world.tokens.get(token)
    shown = {name: value for name, value in args.items() if name not in {"token", "_authorization", "client_secret"}}
    headers: dict[str, str] = {}
    status, error = 200, ""
    answer: JSON = {"ok": True}
    try:
        answer |= await answer_to(world, limiter, method, args, token=token, trouble=trouble)
    except Refusal as refusal:
        error = refusal.error
        answer = {"ok": False, "error": error, **refusal.extra}
        if error == "ratelimited":
            status, headers = 429, {"Retry-After": str(answer.pop("seconds"))}
    world.calls.append(Called(method=method, args=shown, team=team.id if team else "", at=world.now(), error=error))
    if "lost" in trouble:
        return drop(request)
    if "crash" in trouble:
        return web.Response(status=trouble["crash"].status, text="<html>We are sorry</html>", content_type="text/html")
    if team:
        headers["X-OAuth-Scopes"] = ",".join(sorted(team.scopes))
    return web.json_response(answer, status=status, headers=headers)


async def answer_to(world: World, limiter: Limiter, method: str, args: JSON, *, token: str, trouble: Mapping[str, Trouble]) -> JSON:
    """The fields of the answer. Refuses as Slack does: token first, then rate, scope, arguments, and the method's own rules."""
    refuse_trouble(trouble)
    if method == "apps.connections.open":
        return open_connection(world, token)
    if method == "oauth.v2.access":
        return installs.exchange(world, args, args.pop("_authorization", ""))
    if method not in METHODS:
        raise Refusal("unknown_method", req_method=method)
    rules = METHODS[method]
    team = team_of(world, token)
    if world.limits:
        now = world.now()
        posting = method == "chat.postMessage"
        wait = limiter.wait_to_post(team.id, str(args.get("channel")), now) if posting else limiter.wait(method, team.id, rules.tier, now)
        refuse_haste(wait)
    call = Call(world=world, method=method, args=args, team=team)
    if rules.scope:
        call.need_scope(rules.scope)
    missing = [name for name in rules.needs if args.get(name) is None or args[name] == ""]
    if missing:
        messages = [f"[ERROR] missing required field: {name}" for name in missing]
        raise Refusal("invalid_arguments", response_metadata={"messages": messages})
    done = rules.do(call)
    return await done if inspect.isawaitable(done) else done


def refuse_trouble(asked: Mapping[str, Trouble]) -> None:
    if "limit" in asked:
        raise Refusal("ratelimited", seconds=int(asked["limit"].seconds))
    if "fail" in asked:
        raise Refusal(asked["fail"].error)
    if "crash" in asked:
        raise Refusal("internal_error")


def refuse_haste(seconds: int) -> None:
    if seconds:
        raise Refusal("ratelimited", seconds=seconds)


def team_of(world: World, token: str) -> Team:
    """The workspace whose bot token this is."""
    if not token:
        raise Refusal("not_authed")
    if token == world.app_token:
        raise Refusal("not_allowed_token_type")
    team = world.tokens.get(token)
    if team is None or (team.bot_token != token and team.state == "live"):
        raise Refusal("invalid_auth" if team is None else "token_revoked")
    if team.state != "live":
        raise Refusal(TOKEN_FAULTS[team.state])
    return team


def open_connection(world: World, token: str) -> JSON:
    if not token:
        raise Refusal("not_authed")
    if token in world.tokens:
        raise Refusal("not_allowed_token_type")
    if token != world.app_token:
        raise Refusal("invalid_auth")
    return {"url": f"{world.url.replace('http', 'ws', 1)}/link/?ticket={world.key('')}&app_id={world.app_id}"}


async def read_args(request: web.Request) -> JSON:
    """Arguments of any kind of body that Slack takes, and of the query."""
    args: JSON = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        args |= json.loads(body) if body else {}
    elif request.can_read_body:
        args |= dict(await request.post())
    if "Authorization" in request.headers:
        args["_authorization"] = request.headers["Authorization"]
    return args


def token_of(request: web.Request, args: JSON) -> str:
    header = args.get("_authorization", "")
    if request.match_info["method"] != "oauth.v2.access":
        args.pop("_authorization", None)
    return str(header).removeprefix("Bearer ") if str(header).startswith("Bearer ") else str(args.get("token", ""))


def drop(request: web.Request) -> web.Response:
    """Close the connection without an answer."""
    if request.transport:
        request.transport.abort()
    return web.Response()
