"""Records: what was drawn, as a plain mapping, and the request back out of one.

A record names no person and no workspace: a picture leaves the place where it was asked for. The journal knows who asked, by the job's id.
Whatever is read from a picture is somebody's wish and no more trusted than a typed line: moderation, quotas and routing apply to it.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from bot.imaging import reading
from bot.model import Job, Promise, Request

VERSION = 1
"""The shape of the record; read by what comes later."""


def record_of(job: Job, *, index: int, seed: int | None, promise: Promise | None = None) -> dict[str, Any]:
    """What was drawn, JSON-able; what is not known is left out.

    Args:
        job: the job, with cost, vendor's id and model version where the provider told them.
        index: the image's number, from 1.
        seed: the seed of this very image.
        promise: what the same seed gives on this model.
    """
    fitted = job.fitted
    record: dict[str, Any] = {
        "limner": VERSION,
        "prompt": fitted.prompt,
        "negative": fitted.negative,
        "operation": str(fitted.operation),
        "seed": seed,
        "steps": fitted.steps,
        "guidance": fitted.guidance,
        "strength": fitted.strength,
        "style": fitted.style,
        "model": job.drawn_by,
        "provider": job.provider,
        "model_version": job.model_version,
        "job": job.id,
        "index": index,
        "vendor_id": job.vendor_id,
        # What the whole job cost, in US dollars, as JSON has no decimals: 0.04 is written 0.04.
        "cost_usd": None if job.cost is None else float(job.cost),
        "count": fitted.count,
        "promise": None if promise is None else str(promise),
        "changes": list(job.changes),
        "parent": None if job.parent is None else {"job": job.parent.job, "index": job.parent.index},
        "safety": _safety(job),
        "created": job.created.isoformat(),
        "started": None if job.started is None else job.started.isoformat(),
        "finished": None if job.finished is None else job.finished.isoformat(),
        "request": _plain(job.request),
        "fitted": None if job.fitted == job.request else _plain(job.fitted),
    }
    always = {"prompt", "negative", "request"}
    return {name: value for name, value in record.items() if name in always or value not in (None, "", [])}


def request_of(record: Mapping[str, Any]) -> Request:
    """The whole request, as it was asked; of another tool's picture, what its parameters say.

    Raises:
        BadPicture: a value has the wrong type or is out of all bounds; the sentence names it.
    """
    if "request" in record:
        return reading.request(record["request"])
    found = reading.Values(record)
    return Request(
        prompt=found.text("prompt"),
        negative=found.text("negative"),
        size=_size(found),
        # Other tools draw with seeds of 64 bits, which no model of ours takes; and they name a file where we name a model.
        seed=found.seed("seed") if isinstance(record.get("seed"), int) and 0 <= record["seed"] < 2**32 else None,
        steps=found.integer("steps", 1, 10_000),
        guidance=found.number("guidance"),
    )


def rerun_of(record: Mapping[str, Any]) -> Request:
    """The request that draws this very picture once more: the same model, this image's seed, one image.

    Raises:
        BadPicture: as `request_of`.
    """
    request = replace(request_of(record), count=1)
    if "request" not in record:
        return request
    found = reading.Values(record)
    return replace(request, seed=found.seed("seed"), model=found.text("model") or request.model)


def facts_of(record: Mapping[str, Any]) -> dict[str, str]:
    """A record as flat text facts, as Files keep them beside a picture: whatever is not text becomes JSON."""
    return {name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for name, value in record.items()}


def _size(found: reading.Values) -> tuple[int, int] | None:
    width, height = found.integer("width", 1, reading.SIDE), found.integer("height", 1, reading.SIDE)
    return (width, height) if width and height else None


def _safety(job: Job) -> dict[str, str]:
    verdict = job.verdict
    said = {"level": verdict.level.name.lower(), "category": verdict.category, "source": verdict.source}
    return {name: value for name, value in said.items() if value}


def _plain(request: Request) -> dict[str, Any]:
    """A request as JSON; what is as by default is left out."""
    default = _all(Request())
    return {name: value for name, value in _all(request).items() if value != default[name]}


def _all(request: Request) -> dict[str, Any]:
    found = {field.name: getattr(request, field.name) for field in fields(request)}
    return found | {
        "operation": str(request.operation),
        "size": None if request.size is None else list(request.size),
        "sources": list(request.sources),
        "extras": dict(request.extras),
    }
