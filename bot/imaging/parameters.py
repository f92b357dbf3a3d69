"""Parameters: what was drawn, in the text form that the AUTOMATIC1111 family of tools writes and reads.

The prompt, then a line `Negative prompt: ...`, then one line of settings: `Steps: 30, CFG scale: 7, Seed: 42, Size: 1024x1024, Model: ...`.
It is a courtesy to other tools and loses what it has no word for; the record beside it is the truth.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

LONGEST = 100_000
"""Characters that are read; no honest text is longer."""
SETTINGS_LONGEST = 10_000
_NEGATIVE = "Negative prompt:"
_NAMES = (
    ("steps", "Steps"),
    ("guidance", "CFG scale"),
    ("seed", "Seed"),
    ("size", "Size"),
    ("model", "Model"),
    ("model_version", "Model version"),
    ("strength", "Denoising strength"),
    ("style", "Style"),
)
_PAIR = re.compile(r'\s*([^,:"]{1,60}):\s*("(?:[^"\\]|\\.)*"|[^,]*)(?:,|$)')
_SIZE = re.compile(r"(\d{1,5})\s*[x×]\s*(\d{1,5})")
_PAIRS_OF_SETTINGS = 3
"""A last line counts as settings from so many pairs on; a prompt may well hold one colon."""


def write(record: Mapping[str, Any]) -> str:
    """The text form of a record."""
    facts = dict(record)
    if facts.get("width") and facts.get("height"):
        facts["size"] = f"{facts['width']}x{facts['height']}"
    settings = [f"{label}: {_quoted(facts[name])}" for name, label in _NAMES if facts.get(name) not in (None, "")]
    settings.append("Version: Limner")
    lines = [str(record.get("prompt", ""))]
    if record.get("negative"):
        lines.append(f"{_NEGATIVE} {record['negative']}")
    return "\n".join((*lines, ", ".join(settings)))


def read(text: str) -> dict[str, Any]:
    """What a text form says, under the record's names (prompt, negative, steps, guidance, seed, width, height, model ...).

    Empty where the text is not of this form: it has no line of settings.
    """
    body, _, last = text[:LONGEST].strip().rpartition("\n")
    settings = dict(_pairs(last))
    if len(settings) < _PAIRS_OF_SETTINGS and "Steps" not in settings:
        return {}
    if body.startswith(_NEGATIVE):
        body = f"\n{body}"
    prompt, _, negative = body.partition(f"\n{_NEGATIVE}")
    found: dict[str, Any] = {"prompt": prompt.strip(), "negative": negative.strip()}
    found |= {name: settings[label] for name, label in _NAMES if label in settings}
    return {name: value for name, value in _typed(found).items() if value not in (None, "")}


def _typed(found: dict[str, Any]) -> dict[str, Any]:
    size = _SIZE.fullmatch(found.pop("size", ""))
    if size:
        found["width"], found["height"] = int(size[1]), int(size[2])
    for name in ("steps", "seed"):
        found[name] = _integer(found.get(name, ""))
    for name in ("guidance", "strength"):
        found[name] = _number(found.get(name, ""))
    return found


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    at = 0
    line = line[:SETTINGS_LONGEST]
    while found := _PAIR.match(line, at):
        yield found[1].strip(), _unquoted(found[2].strip())
        at = found.end()
        if at >= len(line):
            return


def _quoted(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if any(mark in text for mark in ',:"\n') else text


def _unquoted(value: str) -> str:
    if value.startswith('"') and value.endswith('"') and len(value) > 1:
        try:
            return str(json.loads(value))
        except ValueError:
            return value.strip('"')
    return value


def _integer(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,20}", text, re.ASCII) else None


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,6}(\.\d{1,12})?", text, re.ASCII) else None
