"""What a command is: a declaration and a coroutine. Commands import what they need from here.

A command file defines `COMMAND = Command(spec=CommandSpec(...), run=run)`. `run` gets a Context (who, where, and what the hub can do) and
Options (typed values, checked already) and gives an Answer; what it raises as a Refusal becomes a whisper.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from bot import grammar, moderation, reviews, says
from bot.accounts import Accounts
from bot.decisions import Decisions
from bot.errors import Misunderstood, NotFound
from bot.jobs import Jobs, on_the_way, policy_of, stop_all
from bot.model import (
    Answer,
    Asker,
    Attachment,
    CommandSpec,
    Form,
    Kind,
    Message,
    Option,
    Origin,
    Person,
    Place,
    Role,
    Value,
    subject_of_channel,
    subject_of_everybody,
    subject_of_group,
    subject_of_person,
    subject_of_role,
    subject_of_workspace,
)
from bot.options import DRAWING, FRESH, IMAGINE, SHAPING, request_of, values_of, without
from bot.pausing import SCOPES, pause, wake_paused
from bot.preferences import Preferences
from bot.quotas import ALERTS, CAPS, ZONE, Quotas, is_guest, is_zone, read_grant, read_rate, read_sum
from bot.records import ERASE, UPKEEP, Records
from bot.retouching import cut_out, cut_out_picture, extend, remixed, repaint
from bot.reviews import Reviews
from bot.roles import RANKS, UNSAID, Rights, Roles, guest_slot
from bot.routing import Catalog, Offer

JOB = Option(name="job", kind=Kind.JOB, about="The job's id, as on its card", positional=True, required=True, example="7kq2mw9x")
INDEX = Option(name="image", kind=Kind.INTEGER, about="Which image, from 1", positional=True, least=1, most=10, example="2")
MODEL = next(option for option in SHAPING if option.name == "model")


class Options:
    """A command's values, by type. The grammar has checked them; a wrong name is a mistake in the command."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self.values = values

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """A text."""
        value = self.values.get(name, default)
        return value if isinstance(value, str) else str(value)

    def whole(self, name: str, default: int) -> int:
        """A whole number."""
        value = self.values.get(name, default)
        return int(value)

    def number(self, name: str) -> float | None:
        """A number, or None where it was not said."""
        value = self.values.get(name)
        return None if value is None else float(value)


_WORDS: Mapping[str, Callable[[Place], str]] = {
    "everybody": subject_of_everybody,
    "workspace": subject_of_workspace,
    "here": subject_of_channel,
    **{f"{role.value}s": partial(subject_of_role, role=role) for role in Role},
}
"""What a word says that names a subject."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """Who asks, where, how, and what the hub can do for them."""

    person: Person
    place: Place
    origin: Origin
    event: str
    attachments: tuple[Attachment, ...]
    emptied: frozenset[str]
    """The fields of a form that somebody emptied, which is a wish too; a field that a platform did not show stays as it was."""
    jobs: Jobs
    quotas: Quotas
    preferences: Preferences
    decisions: Decisions
    roles: Roles
    accounts: Accounts
    reviews: Reviews
    records: Records
    catalog: Catalog
    trace: str
    """The id under which the log tells of this."""
    menu: Sequence[CommandSpec]
    rights: Rights
    """What holds for the person here, as it was when they asked."""
    fetch: Callable[[Attachment], Awaitable[bytes]]
    now: Callable[[], datetime]

    @property
    def asker(self) -> Asker:
        """Who asks, as jobs want to know it."""
        return Asker(person=self.person, place=self.place, event=self.event, trace=self.trace)

    async def somebody(self, handle: str) -> Person:
        """The person behind `<@id>` or `@name`. A mention is somebody even before they first spoke. Raises NotFound."""
        mentioned = handle.startswith("<@") and handle.endswith(">")
        plain = handle[2:-1] if mentioned else handle.strip().removeprefix("@")
        found = await self.jobs.store.person(self.place.platform, self.place.workspace, plain)
        if found is None and mentioned:
            return Person(platform=self.place.platform, workspace=self.place.workspace, id=plain)
        if found is None:
            raise NotFound(f"I have not met “{plain[:40]}” yet.", advice="Name a person by @mention.")
        return found

    async def subject(self, said: str) -> str:
        """The subject that an option of kind SUBJECT names: a person, group, channel, role or one of the words. Raises NotFound."""
        if said in _WORDS:
            return _WORDS[said](self.place)
        mark = grammar.mark_of(said)
        if mark is not None and mark.noun is grammar.Noun.GROUP:
            return subject_of_group(self.place, mark.id)
        if mark is not None and mark.noun is grammar.Noun.CHANNEL:
            return subject_of_channel(replace(self.place, channel=mark.id))
        if said.startswith("#"):
            raise NotFound(
                f"I do not know a channel “{said[:40]}” here.", advice="Choose it from the list that # opens, or say here in it."
            )
        return subject_of_person(await self.somebody(said))

    def channel(self, said: str) -> str:
        """The id of the channel that an option of kind CHANNEL names; empty for none. Raises NotFound."""
        mark = grammar.mark_of(said)
        if mark is not None and mark.noun is grammar.Noun.CHANNEL:
            return mark.id
        if said.startswith("#"):
            raise NotFound(
                f"I do not know a channel “{said[:40]}” here.", advice="Choose it from the list that # opens, or say here in it."
            )
        return self.place.channel if said == "here" else ""

    async def standings(self, name: str = "") -> list[says.Standing]:
        """Every model, as it stands for this place; or those that answer to a name. Raises Misunderstood where none does."""
        policy = policy_of(await self.preferences.of(self.place), barred=await self.roles.barred(self.person, self.place))
        offers = self.catalog.named(name) if name else self.catalog.offers
        return [standing_of(offer, self.catalog, self.now().date(), allowed=policy.allows(offer)) for offer in offers]

    def until(self, span: str) -> datetime | None:
        """When a span of time that begins now is over; None for an empty one."""
        length = grammar.span_of(span) if span else None
        return self.now() + length if length else None

    @property
    def offered(self) -> Sequence[CommandSpec]:
        """The commands that are for this person here."""
        return [spec for spec in self.menu if not spec.hidden and self.rights.may(spec)]

    @property
    def models(self) -> tuple[str, ...]:
        """What may follow `--model`."""
        return tuple(offer.name for offer in self.catalog.offers)

    async def picture(self) -> bytes | None:
        """The bytes of the picture that came along, or None. Raises Misunderstood where more than one came, BadPicture."""
        if len(self.attachments) > 1:
            raise Misunderstood(
                f"You attached {len(self.attachments)} pictures, and I can start from one.", advice="Attach the one you mean."
            )
        return await self.fetch(self.attachments[0]) if self.attachments else None


def standing_of(offer: Offer, catalog: Catalog, today: date, *, allowed: bool = True) -> says.Standing:
    """A model as it stands right now."""
    health = catalog.health
    return says.Standing(
        name=offer.name,
        provider=offer.provider,
        model=offer.model,
        well=health.well(offer.path),
        allowed=allowed,
        latency=health.latency(offer.path),
        today=today,
    )


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command: how it reads, and what it does."""

    spec: CommandSpec
    run: Callable[[Context, Options], Awaitable[Answer]]


def whisper(message: Message) -> Answer:
    """An answer that only the person sees."""
    return Answer(whisper=message)


__all__ = [
    "ALERTS",
    "CAPS",
    "DRAWING",
    "ERASE",
    "FRESH",
    "IMAGINE",
    "INDEX",
    "JOB",
    "MODEL",
    "RANKS",
    "SCOPES",
    "SHAPING",
    "UNSAID",
    "UPKEEP",
    "ZONE",
    "Command",
    "Context",
    "Form",
    "Misunderstood",
    "Options",
    "cut_out",
    "cut_out_picture",
    "extend",
    "grammar",
    "guest_slot",
    "is_guest",
    "is_zone",
    "moderation",
    "on_the_way",
    "pause",
    "read_grant",
    "read_rate",
    "read_sum",
    "remixed",
    "repaint",
    "request_of",
    "reviews",
    "says",
    "stop_all",
    "values_of",
    "wake_paused",
    "whisper",
    "without",
]
