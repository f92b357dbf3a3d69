"""The menu: how commands and their options are declared, once, for every platform."""

from dataclasses import dataclass
from enum import StrEnum

from bot.model.people import Role
from bot.model.request import Operation


class Kind(StrEnum):
    """The type of an option's value."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    CHOICE = "choice"
    FLAG = "flag"
    """True when present; takes no value."""
    RATIO = "ratio"
    """`16:9`."""
    JOB = "job"
    """A job's id, completed from the person's own jobs."""
    MODEL = "model"
    STYLE = "style"
    PERSON = "person"
    """A canonical mention, `<@id>`, or `@name`."""
    SUBJECT = "subject"
    """Whom a rule is about: a person `<@id>`, a group `<@&id>`, a channel `<#id>`, `@name`, `#name`, or one of the words
    `everybody`, `workspace`, `here`, `members`, `reviewers`, `admins`, `owners`."""
    CHANNEL = "channel"
    """A channel: `<#id>`, `#name`, `here` or `none`."""
    RATE = "rate"
    """`50/day`, `$20/month`, `unlimited/week`, `unlimited`: windows are hour, day, week and month."""
    AMOUNT = "amount"
    """What a rule gives: a rate as above, a number alone (`20`), money alone (`$5`, `$0.0025`), or `usual` for what holds without it."""
    MONEY = "money"
    """Dollars: `2`, `2.50`."""
    SPAN = "span"
    """How long: `90m`, `2h`, `2d`, `1w`; at most a year."""
    IMAGE = "image"
    """An attached picture."""


Value = str | int | float | bool


@dataclass(frozen=True, kw_only=True)
class Option:
    """One option. Positional options are typed without a flag, in order; a `rest` option takes all other words."""

    name: str
    kind: Kind
    about: str
    positional: bool = False
    rest: bool = False
    required: bool = False
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    asked: bool = False
    """Whether a form asks for it where it is missing."""
    example: str = ""
    """A value that works, for hints and corrections."""


@dataclass(frozen=True, kw_only=True)
class CommandSpec:
    """How a command reads: its name as people type it, and its options."""

    name: str
    about: str
    options: tuple[Option, ...] = ()
    example: str = ""
    """A whole line that works, without the slash."""
    role: Role = Role.MEMBER
    """Who may use it; the hub checks, whatever the platform shows."""
    hidden: bool = False
    """True for what only buttons and reactions say (it can still be typed)."""
    draws: tuple[Operation, ...] = ()
    """What it may ask a model for: who may do none of it is refused at the door, and is not offered it."""
