"""Answers: what an acknowledgement or a response_url makes people see."""

from aiohttp import web

from tests.wire.slack import pings
from tests.wire.slack.blocks import check_message_blocks
from tests.wire.slack.calls import Call
from tests.wire.slack.nouns import JSON, Message, Refusal, ResponseUrl
from tests.wire.slack.world import World

USES = 5
SECONDS = 30 * 60


async def receive(world: World, request: web.Request) -> web.Response:
    """The address of a response_url: five uses in thirty minutes."""
    body: JSON = await request.json()
    world.responses.append(body)
    answer = world.response_urls.get(request.match_info["token"])
    try:
        show(world, use(world, answer), body)
    except Refusal as refusal:
        return web.json_response({"ok": False, "error": refusal.error, **refusal.extra}, status=404)
    return web.json_response({"ok": True})


def use(world: World, answer: ResponseUrl | None) -> ResponseUrl:
    """The response_url, used once more. Refuses with expired_url or used_url."""
    if answer is None or world.now() - answer.since > SECONDS:
        raise Refusal("expired_url")
    if answer.uses >= USES:
        raise Refusal("used_url")
    trouble = world.next_troubles("response_url")
    if "fail" in trouble:
        raise Refusal(trouble["fail"].error)
    answer.uses += 1
    return answer


def show(world: World, answer: ResponseUrl, body: JSON) -> Message | None:
    """Do what the body says: a new message (ephemeral unless in_channel), or a change of the one that was pressed."""
    if body.get("delete_original"):
        if set(body) != {"delete_original"}:
            raise Refusal("invalid_payload")
        remove(world, answer.message)
        return None
    team = world.teams[answer.team_id]
    call = Call(world=world, method="response_url", args=body, team=team)
    blocks = check_message_blocks(body["blocks"], call.slack_file_fault) if body.get("blocks") else []
    text = str(body.get("text") or "")
    if not text and not blocks:
        raise Refusal("no_text")
    if body.get("replace_original") and answer.message:
        answer.message.text, answer.message.blocks = text, blocks
        answer.message.said.append(text)
        world.fired += pings.fired_by(answer.message)
        return answer.message
    return world.write(
        world.find_channel(answer.channel),
        team.bot.id,
        text,
        to="" if body.get("response_type") == "in_channel" else answer.user,
        blocks=blocks,
        thread_ts=body.get("thread_ts"),
        bot_id=team.bot_id,
    )


def remove(world: World, message: Message | None) -> None:
    if message is None:
        return
    if message in world.whispered:
        world.whispered.remove(message)
    channel = world.find_channel(message.channel)
    if message in channel.messages:
        channel.messages.remove(message)
