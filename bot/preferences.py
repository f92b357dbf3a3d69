"""Preferences: how a channel or a whole workspace wants things: where results go, what reactions say, which models draw."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from bot.decisions import Decisions
from bot.errors import Misunderstood
from bot.model import Asker, Entry, Place, RuleKind, subject_of_channel, subject_of_workspace
from bot.ports import Store

REACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "🔁": "again",
        "🎲": "again",
        "1️⃣": "vary 1",
        "2️⃣": "vary 2",
        "3️⃣": "vary 3",
        "4️⃣": "vary 4",
        "⬆️": "upscale 1",
        "✉️": "show",
        "⭐": "keep",
        "👍": "rate up",
        "👎": "rate down",
        "🚩": "report",
        "❌": "delete",
    }
)
"""What a reaction on a job's message says, unless a workspace or channel decided otherwise; the job's id follows the first word."""

_ACTS = re.compile(r"(?:vary|upscale) [1-9]|rate (?:up|down)|again|rerun|remix|show|keep|report|cancel|delete|off")
_MOST = 40


class Where(StrEnum):
    """Where results go."""

    THREAD = "thread"
    CHANNEL = "channel"


@dataclass(frozen=True, kw_only=True)
class Preference:
    """What holds in a place."""

    results: Where = Where.THREAD
    model: str = ""
    """The model for those who name none, or empty."""
    models: tuple[str, ...] = ()
    """The only providers and models that may be used, or empty."""
    canary: tuple[str, float] | None = None
    """A model on trial and the share of people who get it."""
    reactions: Mapping[str, str] = field(default_factory=lambda: REACTIONS)

    def line(self, emoji: str, job: str) -> str:
        """What an emoji on a job's message says, as a line, or the empty string. Compared without variation selectors."""
        wanted = _bare(emoji)
        act = next((act for each, act in self.reactions.items() if _bare(each) == wanted), "")
        word, _, rest = act.partition(" ")
        return " ".join(part for part in (word, job, rest) if part) if act else ""


class Preferences:
    """What admins decided about places: what a channel says goes over what its workspace says."""

    def __init__(self, store: Store, decisions: Decisions) -> None:
        self._store = store
        self._decisions = decisions

    async def of(self, place: Place) -> Preference:
        """What holds in a place."""
        subjects = subject_of_workspace(place), subject_of_channel(place)
        kept = await self._said(*subjects)
        said = {**kept[subjects[0]], **kept[subjects[1]]}
        both = [kept[subject].get("reactions", "") for subject in subjects]
        reactions = dict(REACTIONS)
        for text in both:
            changed = parse_reactions(text) if text else {}
            reactions = {emoji: act for emoji, act in reactions.items() if _bare(emoji) not in {_bare(each) for each in changed}} | changed
        return Preference(
            results=Where(said.get("results", Where.THREAD)),
            model=said.get("model", ""),
            models=tuple(word.strip() for word in said.get("models", "").split(",") if word.strip()),
            canary=parse_canary(said["canary"]) if said.get("canary") else None,
            reactions={emoji: act for emoji, act in reactions.items() if act != "off"},
        )

    async def said(self, subject: str) -> Mapping[str, str]:
        """What was decided about a subject alone, as it was typed."""
        return (await self._said(subject))[subject]

    async def option(self, place: Place, name: str) -> str:
        """One decision that holds in a place: the channel's, else the workspace's, else the empty text."""
        subjects = subject_of_channel(place), subject_of_workspace(place)
        kept = await self._said(*subjects)
        return next((kept[subject][name] for subject in subjects if kept[subject].get(name)), "")

    async def set(self, asker: Asker, subject: str, values: Mapping[str, str]) -> Entry:
        """Decide, all of it or nothing. An empty value goes back to what holds around it. Raises Misunderstood."""
        if reactions := values.get("reactions"):
            parse_reactions(reactions)
        if canary := values.get("canary"):
            parse_canary(canary)
        rules = [self._decisions.rule(asker, RuleKind.OPTION, subject, value, slot=name) for name, value in values.items()]
        return await self._decisions.decide(asker, rules, act="settings.set", about=subject)

    async def _said(self, *subjects: str) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {subject: {} for subject in subjects}
        for rule in await self._store.rules(subjects, (RuleKind.OPTION,)):
            found[rule.subject].setdefault(rule.slot, rule.value)
        return found


def parse_reactions(text: str) -> dict[str, str]:
    """`🎨 remix, ⬆️ upscale 2, ⭐ off` as acts by emoji.

    Raises:
        Misunderstood: a part is no emoji with an act behind it.
    """
    found: dict[str, str] = {}
    for part in (part.strip() for part in text.split(",")):
        emoji, _, act = part.partition(" ")
        act = " ".join(act.casefold().split())
        if not part:
            continue
        if not _ACTS.fullmatch(act) or not _is_emoji(emoji):
            raise Misunderstood(
                f"“{part[:40]}” is no emoji with what it does behind it.",
                advice="After it stands: again, rerun, remix, vary 1, upscale 1, show, keep, rate up, rate down, report, delete or off.",
                line='settings --reactions "🎨 remix, ⭐ off"',
                option="reactions",
            )
        found[emoji] = act
    if len(found) > _MOST:
        raise Misunderstood(f"{_MOST} reactions are the most.", advice="Leave some out.", option="reactions")
    return found


def parse_canary(text: str) -> tuple[str, float]:
    """`flux-2-pro 10%` as a model's name and a share.

    Raises:
        Misunderstood: it is not of that form.
    """
    found = re.fullmatch(r"(\S{1,120})\s+(\d{1,3}(?:\.\d)?)\s*%", text.strip())
    if found is None or not 0 < float(found[2]) <= 100:  # noqa: PLR2004 - per cent
        raise Misunderstood(
            "A trial is a model and the share of people who get it.",
            advice="For example flux-2-pro 10%.",
            line='settings --canary "flux-2-pro 10%"',
            option="canary",
        )
    return found[1], float(found[2]) / 100


def _is_emoji(text: str) -> bool:
    """A Unicode emoji, or a custom one by its name between colons."""
    return bool(re.fullmatch(r":[\w+-]{1,64}:", text)) or (0 < len(text) <= 16 and not re.search(r"[A-Za-z\s,<>&]", text))  # noqa: PLR2004 - a family of four joined is 11


def _bare(emoji: str) -> str:
    return emoji.replace("\ufe0f", "")
