"""Interactions: what a person asked for, and the rules by which an app may answer."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.wire.discord.faults import Fault, Form, Json, within
from tests.wire.discord.limits import EPHEMERAL, LOADING
from tests.wire.discord.messages import COMMAND, PLAIN, Message
from tests.wire.discord.modals import Modal, check_modal
from tests.wire.discord.people import Channel, User
from tests.wire.discord.permissions import ATTACH_FILES, DIRECT, EMBED_LINKS, MENTION_EVERYONE, USE_EXTERNAL_APPS, allowed
from tests.wire.discord.posting import change, publish

if TYPE_CHECKING:
    from tests.wire.discord.world import World

PING, APPLICATION_COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 1, 2, 3, 4, 5
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
ANSWERS = {
    APPLICATION_COMMAND: (MESSAGE, DEFERRED, MODAL),
    COMPONENT: (MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    MODAL_SUBMIT: (MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE),
}
DEADLINE, LIFE = 3.0, 15 * 60.0
"""Seconds until the first answer is due, and until the token is worth nothing."""
FOLLOW_UPS = 5
"""How many follow-ups an app may send where only the person has installed it."""


@dataclass(kw_only=True, eq=False)
class Interaction:
    """One thing a person did, and everything that became of it."""

    world: "World" = field(repr=False)
    id: int
    token: str = field(repr=False)
    kind: int
    user: User
    channel: Channel
    data: Json
    source: Message | None = None
    """The message whose component it came from."""
    context: int = 0
    by_user: bool = False
    """Whether only the person has installed the app here."""
    created: float
    response: int | None = None
    """The type of the first answer."""
    seconds: float | None = None
    """How long the first answer took."""
    modal: Modal | None = None
    choices: list[Json] = field(default_factory=list[Json])
    original: Message | None = None
    replies: list[Message] = field(default_factory=list[Message])
    deleted: bool = False
    follow_ups: int = 0
    trouble: BaseException | None = None
    """What was wrong with an answer that came as a signed request's reply."""
    settled: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def ephemeral(self) -> bool:
        return bool(self.original and self.original.ephemeral)

    @property
    def deferred(self) -> bool:
        return self.response in {DEFERRED, DEFERRED_UPDATE}

    @property
    def failed(self) -> bool:
        """Whether the person reads that the interaction failed."""
        return self.response is None and (self.trouble is not None or self.world.clock.now() > self.created + DEADLINE)

    @property
    def expired(self) -> bool:
        return self.world.clock.now() > self.created + LIFE

    @property
    def message(self) -> Message | None:
        """The newest answer that is still there."""
        return next((reply for reply in reversed(self.replies) if not reply.deleted), None)

    @property
    def text(self) -> str:
        """All words of all answers that are still there."""
        return "\n".join(reply.text for reply in self.replies if not reply.deleted)

    @property
    def external(self) -> bool:
        """Whether the bot itself is not where this happens."""
        here = self.channel.guild.members if self.channel.guild else [person.id for person in self.channel.recipients]
        return self.world.bot.id not in here

    @property
    def quiet(self) -> bool:
        """Whether every answer is ephemeral, because the server lets no app from outside speak."""
        return self.external and self.channel.guild is not None and not allowed(self.user, self.channel) & USE_EXTERNAL_APPS

    async def answered(self) -> "Interaction":
        """Waits for the first answer, or until it is too late for one."""
        left = self.created + DEADLINE - self.world.clock.now()
        if not self.settled.is_set() and left > 0:
            try:
                async with asyncio.timeout(left + 0.01):
                    await self.settled.wait()
            except TimeoutError:
                self.settled.set()
        return self

    @property
    def owners(self) -> Json:
        guild = self.channel.guild
        installed: Json = {"1": str(self.user.id)} if self.by_user else {}
        return installed if self.external else {**installed, "0": str(guild.id) if guild else "0"}

    @property
    def metadata(self) -> Json:
        body: Json = {"id": str(self.id), "type": self.kind, "user": self.user.payload, "authorizing_integration_owners": self.owners}
        return body | ({"name": self.data["name"]} if "name" in self.data else {})

    def payload(self) -> Json:
        """The interaction as an app receives it."""
        world, guild = self.world, self.channel.guild
        rights = ATTACH_FILES | EMBED_LINKS | MENTION_EVERYONE if self.external else allowed(world.bot, self.channel)
        body: Json = {
            "id": str(self.id), "application_id": str(world.application_id), "type": self.kind, "data": self.data, "token": self.token,
            "version": 1, "channel_id": str(self.channel.id), "app_permissions": str(rights), "locale": self.user.locale,
            "context": self.context,
            "entitlements": [], "entitlement_sku_ids": [], "authorizing_integration_owners": self.owners,
            "attachment_size_limit": world.file_limit or self.channel.file_limit,
            "channel": {**self.channel.payload(world.bot), "permissions": str(allowed(self.user, self.channel) or DIRECT)},
        }  # fmt: skip
        if guild:
            member = {**guild.members[self.user.id].payload, "permissions": str(allowed(self.user, self.channel))}
            body |= {"guild_id": str(guild.id), "guild": guild.partial, "guild_locale": guild.locale, "member": member}
        else:
            body["user"] = self.user.payload
        if self.source:
            body["message"] = self.source.payload(world, world.bot)
        return body

    def respond(self, body: Json, files: dict[str, tuple[str, bytes]]) -> None:
        """The first answer; raises 10062 when it is too late, 40060 when there was one, 50035 when it is of a wrong kind."""
        if self.response is not None:
            raise Fault(40060)
        if self.failed:
            raise Fault(10062)
        form = Form()
        answer = body.get("type")
        allowed_here = ANSWERS[self.kind]
        if self.kind == MODAL_SUBMIT and self.source is None:
            allowed_here = (MESSAGE, DEFERRED)
        form.choice("type", answer, allowed_here)
        form.check()
        self._answer(int(answer or 0), within(body, "data"), files)
        self.response, self.seconds = answer, self.world.clock.now() - self.created
        self.settled.set()

    def _answer(self, answer: int, data: Json, files: dict[str, tuple[str, bytes]]) -> None:
        if answer == MESSAGE:
            self.original = self._reply(data, files)
        elif answer == DEFERRED:
            flags = data.get("flags") or 0
            self.original = self._reply({"flags": flags & EPHEMERAL}, {}, loading=True)
        elif answer == DEFERRED_UPDATE:
            self.original = self.source
        elif answer == UPDATE and self.source:
            change(self.world, self.source, data, files, webhook=True)
            self.original = self.source
        elif answer == CHOICES:
            self.choices = check_choices(data.get("choices"))
        elif answer == MODAL:
            check_modal(data)
            self.modal = Modal(interaction=self, data=data)

    def _reply(self, data: Json, files: dict[str, tuple[str, bytes]], *, loading: bool = False) -> Message:
        flags = (EPHEMERAL if self.quiet or (data.get("flags") or 0) & EPHEMERAL else 0) | (LOADING if loading else 0)
        message = Message(
            id=self.world.clock.snowflake(), channel=self.channel, author=self.world.bot, webhook=True, interaction=self.metadata,
            type=COMMAND if self.kind == APPLICATION_COMMAND else PLAIN, flags=flags, only_for=self.user if flags & EPHEMERAL else None,
        )  # fmt: skip
        publish(self.world, message, data, files, webhook=True)
        if not message.ephemeral:
            self.world.archive(self.channel, archived=False)
        self.replies.append(message)
        return message

    def follow_up(self, body: Json, files: dict[str, tuple[str, bytes]]) -> Message:
        """One more message; the first one after a defer fills the placeholder."""
        self.check_token()
        if self.original and self.original.loading and not self.original.deleted:
            change(self.world, self.original, body, files, webhook=True)
            return self.original
        if self.by_user and self.external:
            if self.follow_ups >= FOLLOW_UPS:
                raise Fault(40094)
            self.follow_ups += 1
        return self._reply(body, files)

    def find(self, name: str) -> Message:
        """One of its messages by `@original` or id; raises 10008 when it is not there."""
        self.check_token()
        if name == "@original":
            if self.original is None:
                raise Fault(10015)
            found = self.original
        else:
            found = next((each for each in [*self.replies, self.original] if each and str(each.id) == name), None)
        if found is None or found.deleted:
            raise Fault(10008)
        return found

    def check_token(self) -> None:
        """Raises 50027 after fifteen minutes, 10015 before the first answer."""
        if self.expired:
            raise Fault(50027)
        if self.response is None:
            raise Fault(10015)


def check_choices(choices: Any) -> list[Json]:
    """What an autocompletion may offer."""
    form = Form()
    if form.count("data.choices", choices, 25):
        for index, choice in enumerate(choices):
            form.length(f"data.choices.{index}.name", choice.get("name"), 100, 1, required=True)
            value = choice.get("value")
            if isinstance(value, str):
                form.length(f"data.choices.{index}.value", value, 100, 1, required=True)
            elif value is None:
                form.wrong(f"data.choices.{index}.value", "BASE_TYPE_REQUIRED", "This field is required")
    form.check()
    return choices
