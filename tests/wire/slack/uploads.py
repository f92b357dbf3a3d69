"""Uploads: the three steps of an external upload, files.info and its delay, and private downloads."""

from aiohttp import web

from tests.wire.slack.calls import Call, describe_file, kind_of, processed
from tests.wire.slack.nouns import JSON, Channel, File, Refusal, Team, is_list
from tests.wire.slack.world import World

LARGEST = 1_000_000_000
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to your workspace</body></html>"


def get_upload_url(call: Call) -> JSON:
    length = call.number("length", 0)
    if call.team.files_disabled:
        raise Refusal("file_uploads_disabled")
    if length <= 0 or not call.text("filename"):
        raise Refusal("invalid_arguments")
    if len(call.text("alt_txt")) > 1000:
        raise Refusal("invalid_arguments")
    if length > LARGEST:
        raise Refusal("file_upload_size_restricted")
    file = new_file(call.world, call.team, call.team.bot.id, call.text("filename"), length)
    file.ticket = call.world.key("K")
    file.muted = bool(call.text("alt_txt"))
    return {"upload_url": f"{call.world.url}/upload/v1/{file.ticket}", "file_id": file.id}


def new_file(world: World, team: Team, user: str, name: str, length: int) -> File:
    file = File(id=world.key("F"), name=name, team_id=team.id, user=user, length=length)
    world.files[file.id] = file
    return file


async def receive(world: World, request: web.Request) -> web.Response:
    """The upload address: bytes as they are, or as a field of a form; of the length that was said."""
    file = next((one for one in world.files.values() if one.ticket and one.ticket == request.match_info["ticket"]), None)
    if file is None:
        return web.Response(status=404, text="not found")
    trouble = world.next_troubles("upload")
    if "crash" in trouble:
        return web.Response(status=trouble["crash"].status, text="upload failed")
    content = await request.read()
    if request.content_type == "multipart/form-data":
        part = (await request.post()).get("file") or (await request.post()).get("filename")
        content = part.file.read() if isinstance(part, web.FileField) else b""
    if len(content) != file.length:
        return web.Response(status=400, text=f"the length is {len(content)} and not {file.length}")
    file.content = content
    return web.Response(text=f"OK - {len(content)}")


def complete_upload(call: Call) -> JSON:
    asked = call.given("files")
    if not is_list(asked) or not asked:
        raise Refusal("invalid_arguments")
    wanted: list[JSON] = asked
    files = [call.world.files.get(str(one.get("id"))) for one in wanted]
    found = [file for file in files if file and file.team_id == call.team.id and file.content is not None and not file.completed]
    if len(found) != len(wanted):
        raise Refusal("file_not_found")
    channels = places(call)
    for channel in channels:
        if channel.archived:
            raise Refusal("is_archived")
        # The scope chat:write.public does not cover files.
        call.readable(channel)
    for file, one in zip(found, wanted, strict=True):
        file.title = str(one.get("title") or file.name)
        settle(call.world, file)
    for channel in channels:
        share(call, channel, found)
    return {"files": [{"id": file.id, "title": file.title} for file in found]}


def places(call: Call) -> list[Channel]:
    """Where files go: one channel_id, or up to a hundred channels; a thread takes one."""
    several = [name for name in call.text("channels").split(",") if name]
    if len(several) > 100:
        raise Refusal("channels_limit_exceeded")
    if call.text("thread_ts") and len(several) > 1:
        raise Refusal("invalid_arguments")
    if several:
        return [Call(world=call.world, method=call.method, args={"channel": name}, team=call.team).channel(direct=True) for name in several]
    return [call.channel("channel_id")] if call.text("channel_id") else []


def settle(world: World, file: File) -> None:
    """The file is complete; it is processed after some looks at it, or as many seconds."""
    file.completed = True
    file.polls = world.file_polls
    file.due = world.now() + world.file_polls


def share(call: Call, channel: Channel, files: list[File]) -> None:
    """Share files once they are processed, so maybe after a later message. A muted one is, as Slack has it, silently not shared."""
    shown = [file for file in files if not file.muted]
    about: JSON = {"thread_ts": call.text("thread_ts") or None, "bot_id": call.team.bot_id}

    def appear() -> None:
        for file in shown:
            file.channels.add(channel.id)
        call.world.write(channel, call.team.bot.id, call.text("initial_comment"), files=[file.id for file in shown], **about)

    if shown:
        call.world.late.append((lambda: all(processed(call.world, file) for file in shown), appear))


def info(call: Call) -> JSON:
    file = visible(call)
    shown = describe_file(call.world, file)
    file.polls -= 1
    return {"file": shown, "comments": [], "response_metadata": {"next_cursor": ""}}


def visible(call: Call) -> File:
    file = call.world.files.get(call.text("file"))
    if file is None or file.team_id != call.team.id or not file.completed or not call.sees(file):
        raise Refusal("file_not_found")
    if file.deleted:
        raise Refusal("file_deleted")
    return file


def delete(call: Call) -> JSON:
    file = visible(call)
    if file.user != call.team.bot.id:
        raise Refusal("cant_delete_file")
    file.deleted = True
    file.content = None
    return {}


def serve_private(world: World, request: web.Request) -> web.Response:
    """A private download; whoever may not have it gets a login page, with status 200, as from Slack."""
    key = request.match_info["key"].partition("-")[2]
    file = world.files.get(key)
    if file is None or file.deleted or file.content is None:
        return web.Response(status=404, text="not found")
    trouble = world.next_troubles("download")
    if "crash" in trouble:
        return web.Response(status=trouble["crash"].status, text="no")
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    team = world.tokens.get(token)
    if team is None or team.state != "live" or team.id != file.team_id:
        return web.Response(text=LOGIN_PAGE, content_type="text/html")
    call = Call(world=world, method="download", args={}, team=team)
    if "files:read" not in team.scopes or not call.sees(file):
        return web.Response(text=LOGIN_PAGE, content_type="text/html")
    return web.Response(body=file.content, content_type=kind_of(file))
