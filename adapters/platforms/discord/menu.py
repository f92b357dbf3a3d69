"""The menu: commands as Discord registers them, typed, with choices, ranges and completion.

What is registered is data, not decorated functions: commands are declared once for every platform, and an interaction is read by its names.
Permissions only decide whom Discord shows a command to; whether it may be used is asked in the hub, each time.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

from adapters.platforms.discord.shapes import JSON
from bot.grammar import LONGEST
from bot.model import CommandSpec, Kind, Option, Role

SLASH, ON_MESSAGE = 1, 3
TEXT, INTEGER, FLAG, PERSON, NUMBER, FILE = 3, 4, 5, 6, 10, 11

SHORTCUTS: Mapping[str, str] = {"Use as prompt": "imagine --form", "Make variations": "vary"}
"""The entries in a message's menu, and the line that each says."""
_NAMES: Mapping[str, Mapping[str, str]] = {
    "Use as prompt": {
        "de": "Als Prompt verwenden",
        "es-ES": "Usar como prompt",
        "es-419": "Usar como prompt",
        "fr": "Utiliser comme prompt",
        "it": "Usa come prompt",
        "nl": "Als prompt gebruiken",
        "pt-BR": "Usar como prompt",
    },
    "Make variations": {
        "de": "Varianten zeichnen",
        "es-ES": "Crear variaciones",
        "es-419": "Crear variaciones",
        "fr": "Créer des variations",
        "it": "Crea variazioni",
        "nl": "Variaties maken",
        "pt-BR": "Criar variações",
    },
}
"""Names in other languages, for what no sentence of ours cites: a command is called the same in every text."""

_TYPES: Mapping[Kind, int] = {
    Kind.INTEGER: INTEGER,
    Kind.NUMBER: NUMBER,
    Kind.FLAG: FLAG,
    Kind.PERSON: PERSON,
    Kind.MONEY: NUMBER,
    Kind.IMAGE: FILE,
}
_COMPLETED = {Kind.RATIO, Kind.JOB, Kind.MODEL, Kind.STYLE, Kind.SUBJECT, Kind.CHANNEL, Kind.RATE, Kind.AMOUNT, Kind.SPAN}
_SHOWN = {Kind.RATIO, Kind.RATE, Kind.AMOUNT, Kind.SPAN}
"""Kinds that are understood best by an example."""
_ABOUT, _CHOICES, _LONGEST = 100, 25, 6000
_LARGEST = 2**53 - 1
_IN_SERVER, _WITH_BOT, _BETWEEN_PEOPLE = 0, 1, 2
_SERVERS, _PEOPLE = 0, 1
_RIGHTS: Mapping[Role, int] = {Role.REVIEWER: 1 << 13, Role.ADMIN: 1 << 5, Role.OWNER: 1 << 5}
"""Who sees a command that is not for everybody: who manages messages, who manages the server."""


def commands(menu: Sequence[CommandSpec], *, others: bool = False) -> list[JSON]:
    """Everything to register. `others`: whether people without rights of Discord's may have a role of ours, so that all is shown to all."""
    typed = [_command(spec, others=others) for spec in menu if not spec.hidden]
    known = {spec.name for spec in menu}
    return typed + [_shortcut(name) for name, line in SHORTCUTS.items() if line.split(" ", 1)[0] in known]


def fingerprint(registered: Sequence[JSON]) -> bytes:
    """A digest that is the same as long as nothing about the commands changed."""
    return hashlib.sha256(json.dumps(registered, sort_keys=True).encode()).digest()


def _command(spec: CommandSpec, *, others: bool) -> JSON:
    everybody = spec.role is Role.MEMBER
    return {
        "type": SLASH,
        "name": spec.name,
        "description": _cut(spec.about, _ABOUT),
        # Discord wants those first that are required; the rest stays in its order.
        "options": [_option(option) for option in sorted(spec.options, key=lambda option: not option.required)],
        "contexts": [_IN_SERVER, _WITH_BOT, _BETWEEN_PEOPLE] if everybody else [_IN_SERVER],
        "integration_types": [_SERVERS, _PEOPLE] if everybody else [_SERVERS],
        "default_member_permissions": None if everybody or others else str(_RIGHTS[spec.role]),
    }


def _shortcut(name: str) -> JSON:
    return {
        "type": ON_MESSAGE,
        "name": name,
        "name_localizations": dict(_NAMES[name]),
        "contexts": [_IN_SERVER, _WITH_BOT, _BETWEEN_PEOPLE],
        "integration_types": [_SERVERS, _PEOPLE],
    }


def _option(option: Option) -> JSON:
    kind = TEXT if option.choices else _TYPES.get(option.kind, TEXT)
    about = f"{option.about}, such as {option.example}" if option.kind in _SHOWN and option.example else option.about
    found: JSON = {"type": kind, "name": option.name, "description": _cut(about, _ABOUT), "required": option.required}
    if kind in {INTEGER, NUMBER}:
        number = int if kind == INTEGER else float
        if option.least is not None:
            found["min_value"] = max(number(option.least), -_LARGEST)
        if option.most is not None:
            found["max_value"] = min(number(option.most), _LARGEST)
    elif kind == TEXT and 0 < len(option.choices) <= _CHOICES:
        found["choices"] = [{"name": choice, "value": choice} for choice in option.choices]
    elif kind == TEXT and (option.kind in _COMPLETED or option.choices):
        found["autocomplete"] = True
    elif kind == TEXT and option.kind is Kind.TEXT:
        found["max_length"] = min(LONGEST if option.most is None else int(option.most), _LONGEST)
    return found


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
