"""The small Slack with the face of any chat."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bot.app import all_commands
from bot.model import Person, Place, Post
from tests.flows.story import eventually
from tests.wire.chats import FILES, Chat, Deed, Sheet, Shown
from tests.wire.slack.nouns import Delivery, Message, User, View
from tests.wire.slack.server import SlackServer, open_slack
from tests.wire.slack_posts import person_of, place_of

NAMES = {"🔁": "repeat", "🎲": "game_die", "1️⃣": "one", "2️⃣": "two", "⬆️": "arrow_up", "✉️": "envelope", "⭐": "star", "👍": "+1",
         "👎": "-1", "🚩": "triangular_flag_on_post", "❌": "x", "3️⃣": "three", "4️⃣": "four"}  # fmt: skip
CALLBACKS = {"Use as prompt": "use_as_prompt", "Make variations": "make_variations"}


class SlackChat(Chat):
    """A workspace."""

    name = "slack"
    showing = ("chat.postMessage", "chat.update", "files.getUploadURLExternal", "files.completeUploadExternal", "files.info")
    answering = ("chat.postEphemeral", "users.info", "conversations.info")

    def __init__(self, server: SlackServer) -> None:
        self.server = server
        server.commands |= {f"/{name}" for name in all_commands()}

    @property
    def settings(self) -> Mapping[str, str]:
        return {"SLACK_BOT_TOKEN": self.server.bot_token, "SLACK_APP_TOKEN": self.server.app_token, "SLACK_API_URL": self.server.api_url}

    @property
    def secrets(self) -> Sequence[str]:
        return (self.server.bot_token, self.server.app_token, self.server.signing_secret)

    async def command(self, who: str, name: str, /, channel: str = "general", **options: Any) -> Deed:
        return self._deed(await self.server.command(who, channel, f"/{name}", line_of(name, options)))

    async def mention(
        self, who: str, text: str, channel: str = "general", *, under: Shown | None = None, files: Mapping[str, bytes] = FILES
    ) -> Deed:
        root = (under.thread or under.id) if under else None
        return self._deed(await self.server.mention(who, channel, text, thread_ts=root, files=tuple(files.items())))

    async def direct(self, who: str, text: str, *, files: Mapping[str, bytes] = FILES) -> Deed:
        return self._deed(await self.server.direct(who, text, tuple(files.items())))

    async def say(self, who: str, text: str, channel: str = "general", *, files: Mapping[str, bytes] = FILES) -> Shown:
        message = (await self.server.say(who, channel, text, files=tuple(files.items()))).message
        assert message
        return shown(message)

    async def press(self, who: str, message: Shown, label: str) -> Deed:
        return self._deed(await self.server.press(who, message.raw, label))

    async def react(self, who: str, message: Shown, emoji: str) -> Deed:
        return self._deed(await self.server.react(who, message.raw, named(emoji)))

    async def unreact(self, who: str, message: Shown, emoji: str) -> None:
        await self.server.unreact(who, message.raw, named(emoji))

    async def shortcut(self, who: str, name: str, message: Shown) -> Deed:
        return self._deed(await self.server.shortcut(who, CALLBACKS[name], message.raw))

    async def create(self, who: str) -> Deed:
        return self._deed(await self.server.shortcut(who, "create_image"))

    def form(self, who: str) -> Sheet | None:
        views = self.server.views(who)
        return sheet(views[-1]) if views else None

    async def submit(self, who: str, form: Sheet, values: Mapping[str, str], *, files: Mapping[str, bytes] = FILES) -> Deed:
        return self._deed(await self.server.submit(who, form.raw, values, tuple(files.items())))

    async def again(self, deed: Deed) -> None:
        await self.server.retry(deed.raw)

    def messages(self, channel: str = "general", *, under: str | None = None) -> list[Shown]:
        return [shown(message) for message in self.server.messages(channel, under)]

    def directs(self, who: str) -> list[Shown]:
        where = self.server.direct_channel(self.server.find_user(who))
        return [shown(message) for message in where.messages]

    def whispers(self, who: str) -> list[Shown]:
        return [shown(message) for message in self.server.ephemerals(who)]

    def at(self, post: Post) -> Shown | None:
        found = [message for message in self.server.find_channel(post.place.channel).messages if message.ts == post.id]
        return shown(found[0]) if found else None

    @property
    def pings(self) -> list[str]:
        # Addresses that Limner itself gives are links by right: they are on its own public address. A link to a channel rings nobody.
        rings = [
            ping for ping in self.server.fired if not (ping.kind == "place" or (ping.kind == "link" and "//127.0.0.1:" in ping.target))
        ]
        return [f"{ping.kind} {ping.target}" for ping in rings]

    @property
    def refusals(self) -> list[str]:
        return [f"{call.method} {call.error}" for call in self.server.calls if call.error]

    def mention_of(self, who: str) -> Any:
        return f"@{who}"

    def rename(self, who: str, name: str) -> str:
        user = self.server.find_user(who)
        user.name = name
        return user.id

    def crowd(self, many: int) -> list[str]:
        names = [f"fan{number}" for number in range(many)]
        for number, name in enumerate(names):
            user = User(id=f"U0FAN{number:04d}", name=name, team_id=self.server.team.id)
            self.server.team.users[user.id] = user
            self.server.find_channel("general").members.add(user.id)
        return names

    def person(self, who: str) -> Person:
        return person_of(self.server, who)

    def place(self, channel: str = "general") -> Place:
        return place_of(self.server, channel)

    def lose(self, call: str, times: int = 1) -> None:
        self.server.lose_reply(call, times)

    def limit(self, call: str, seconds: float = 1, times: int = 1) -> None:
        self.server.rate_limit(call, int(seconds), times)

    def break_down(self, call: str, times: int = 1) -> None:
        self.server.crash(call, 503, times)

    async def cut(self) -> None:
        self.server.break_socket()
        await self.server.line.disconnected()

    def unplug(self, *, out: bool) -> None:
        self.server.refuse_connections(out, api=True)
        if out:
            self.server.break_socket()

    async def revoke(self) -> None:
        await self.server.revoke_tokens()

    def renew(self) -> None:
        self.server.team.state = "live"

    def kick(self, channel: str = "general") -> None:
        self.server.kick(channel)

    def forget(self, message: Shown) -> None:
        seen: Message = message.raw
        self.server.find_channel(seen.channel).messages.remove(seen)

    def age(self, seconds: float) -> None:
        self.server.pass_time(seconds)

    def _deed(self, delivery: Delivery) -> Deed:
        failed = delivery.failed not in {"", "no_event", "cancelled"}
        return Deed(kind=delivery.envelope.get("type", ""), raw=delivery, seconds=delivery.seconds, failed=failed)


class SignedSlackChat(SlackChat):
    """A workspace whose app takes signed requests."""

    @property
    def settings(self) -> Mapping[str, str]:
        mode = {"SLACK_MODE": "http", "SLACK_SIGNING_SECRET": self.server.signing_secret}
        return {"SLACK_BOT_TOKEN": self.server.bot_token, "SLACK_API_URL": self.server.api_url, **mode}

    def reach(self, address: str) -> None:
        self.server.http_target = address


def named(emoji: str) -> str:
    """An emoji's name; one that is not among ours has a number for one, as a workspace's own may have."""
    return NAMES.get(emoji, f"sign_{ord(emoji[0]):x}")


def line_of(name: str, options: Mapping[str, Any]) -> str:
    """Options as somebody types them."""
    spec = all_commands()[name].spec
    positional = [option.name for option in spec.options if option.positional]
    said = [str(options[each]) for each in positional if each in options]
    flags = [f"--{each}" if value is True else f"--{each} {value}" for each, value in options.items() if each not in positional]
    return " ".join([*said, *flags])


def shown(message: Message) -> Shown:
    images = list(_images(message.blocks))
    return Shown(
        id=message.ts,
        text="\n".join(dict.fromkeys([message.text, *_words(message.blocks)])),
        alts=tuple(image["alt_text"] for image in images),
        covered=tuple(image["alt_text"].startswith("Covered") for image in images),
        labels=tuple(message.labels),
        thread=message.thread_ts if message.thread_ts != message.ts else None,
        raw=message,
    )


def sheet(view: View) -> Sheet:
    values: dict[str, str] = {}
    for block in view.blocks:
        if block["type"] == "input":
            element = block["element"]
            option: dict[str, Any] = element.get("initial_option") or {}
            values[block["label"]["text"]] = str(element.get("initial_value") or option.get("value") or "")
    return Sheet(title=view.title, values=values, raw=view)


def _words(tree: Any) -> Iterable[str]:
    """Every text in some blocks."""
    if isinstance(tree, list):
        for each in tree:  # pyright: ignore[reportUnknownVariableType] - JSON
            yield from _words(each)
    elif isinstance(tree, dict):
        block: dict[str, Any] = json.loads(json.dumps(tree))
        for name, value in block.items():
            if name in {"text", "title"} and isinstance(value, str):
                yield value
            elif name != "alt_text":
                yield from _words(value)


def _images(blocks: Sequence[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    for block in blocks:
        if block["type"] == "image":
            yield block
        elif block.get("accessory", {}).get("type") == "image":
            yield block["accessory"]


@asynccontextmanager
async def open_slack_chat(**options: Any) -> AsyncGenerator[SlackChat]:
    async with open_slack(**options) as server:
        yield SlackChat(server)


async def settled(chat: SlackChat) -> None:
    """Wait until a line is open."""

    async def there() -> bool:
        return bool(chat.server.sockets)

    await eventually(there)
    await asyncio.sleep(0)
