"""Answers: the history, the queue, tickets, and what an error means."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter, ValidationError

from adapters.calls import Reply
from bot.errors import FaultKind, ProviderFault, Refused

VENDOR = "ComfyUI"
_TELLING = {"no_prompt", "invalid_prompt", "missing_node_type", "prompt_no_outputs"}
"""Errors whose sentence is about nodes and never about what somebody wrote."""
_MEMORY = ("outofmemory", "out of memory")


class _Taken(BaseModel):
    prompt_id: str


class File(BaseModel):
    """A file on the server."""

    filename: str
    subfolder: str = ""
    type: str = "output"


class Uploaded(BaseModel):
    """A file that it keeps for us, under a name that may be another than ours."""

    name: str
    subfolder: str = ""

    @property
    def path(self) -> str:
        """As LoadImage names it."""
        return f"{self.subfolder}/{self.name}" if self.subfolder else self.name


class Ticket(BaseModel):
    """What is needed to find a job again, in any process."""

    id: str
    outputs: list[str] = []
    seed: int | None = None
    version: str = ""

    def __str__(self) -> str:
        return self.model_dump_json(exclude_defaults=True)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Where a job is in the queue."""

    running: bool
    ahead: int
    """Jobs before it, the running ones included."""


TAKEN = TypeAdapter(_Taken)
UPLOADED = TypeAdapter(Uploaded)


def ticket_of(text: str) -> Ticket:
    """A ticket. Raises ProviderFault LOST where it is none."""
    try:
        found = Ticket.model_validate_json(text)
    except ValidationError:
        found = None
    if found is None or not found.id:
        raise ProviderFault("The ticket is none of ours.", kind=FaultKind.LOST)
    return found


def entry_of(reply: Reply, job: str) -> Mapping[str, Any] | None:
    """What the history says of a job; None where it does not know it (yet)."""
    entry = _object(_whole(reply).get(job))
    return entry or None


def turn_of(reply: Reply, job: str) -> Turn | None:
    """Where a job is in the queue; None where it is not there."""
    found = _whole(reply)
    running, pending = _ids(found.get("queue_running")), _ids(found.get("queue_pending"))
    if job in running:
        return Turn(running=True, ahead=0)
    return Turn(running=False, ahead=len(running) + pending.index(job)) if job in pending else None


def over(entry: Mapping[str, Any]) -> bool:
    """Whether a job has ended well. A status that nobody knows is no end.

    Raises:
        ProviderFault: it failed, or was stopped.
    """
    status = _object(entry.get("status"))
    said = str(status.get("status_str") or "").lower()
    if said == "error":
        raise _failure(status.get("messages"))
    return said == "success" or (not said and (bool(status.get("completed")) or bool(entry.get("outputs"))))


def files_of(entry: Mapping[str, Any], nodes: Sequence[str]) -> list[File]:
    """The pictures that a job made, of these nodes alone: the cache tells of others that nobody ran.

    Raises:
        ProviderFault: BAD_RESULT, there is none.
    """
    outputs = _object(entry.get("outputs"))
    files = [file for node in nodes or list(outputs) for file in _files(_object(outputs.get(node)).get("images"))]
    if not files:
        raise ProviderFault(f"{VENDOR} ended without a picture: see what the workflow saves.", kind=FaultKind.BAD_RESULT)
    return files


def explain(reply: Reply) -> Refused | ProviderFault | None:
    """What an error means. Values of the workflow are not repeated: the prompt is one of them."""
    if reply.status in {401, 403}:
        sentence = f"{VENDOR}, or what stands before it, does not let us in: see COMFYUI_AUTH."
        return ProviderFault(sentence, kind=FaultKind.CREDENTIALS, accepted=False)
    if reply.status != 400:  # noqa: PLR2004 - HTTP's own number
        return None
    found = _object(reply.data)
    error = _object(found.get("error"))
    problems = list(_problems(found.get("node_errors")))
    if problems:
        said = ", ".join(dict.fromkeys(problems))[:200]
    else:
        kind = str(error.get("type") or "")
        said = " ".join(str(error.get("message") or "").split())[:200] if kind in _TELLING else kind[:80] or "it does not say why"
    missing = any("value_not_in_list" in problem for problem in problems)
    advice = "An admin can install the file at ComfyUI, or correct COMFYUI_CHECKPOINT or the workflow." if missing else ""
    return ProviderFault(f"{VENDOR} does not take the workflow: {said}.", kind=FaultKind.BAD_REQUEST, accepted=False, advice=advice)


def _failure(messages: object) -> ProviderFault:
    for event, facts in _events(messages):
        if event == "execution_interrupted":
            return ProviderFault(f"Somebody stopped it at {VENDOR}.", kind=FaultKind.BAD_RESULT)
        if event == "execution_error":
            told = f"{facts.get('exception_type')} {facts.get('exception_message')}".lower()
            if any(word in told for word in _MEMORY):
                advice = "Ask for a smaller picture."
                return ProviderFault(f"{VENDOR} has too little graphics memory for that.", kind=FaultKind.BAD_REQUEST, advice=advice)
            where, what = str(facts.get("node_type") or "a node")[:60], str(facts.get("exception_type") or "no reason")[:60]
            return ProviderFault(f"{where} failed at {VENDOR} ({what}).", kind=FaultKind.BAD_RESULT)
    return ProviderFault(f"It failed at {VENDOR}, which does not say why.", kind=FaultKind.BAD_RESULT)


def _events(messages: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for message in _list(messages):
        parts = _list(message)
        if len(parts) == 2 and isinstance(parts[0], str):  # noqa: PLR2004 - an event and its facts
            yield parts[0], _object(parts[1])


def _problems(nodes: object) -> Iterator[str]:
    for node in _object(nodes).values():
        facts = _object(node)
        for problem in _list(facts.get("errors")):
            told = _object(problem)
            field = _object(told.get("extra_info")).get("input_name")
            yield f"{facts.get('class_type')}{f'.{field}' if field else ''}: {told.get('type')}"


def _files(images: object) -> Iterator[File]:
    for image in _list(images):
        try:
            yield File.model_validate(image)
        except ValidationError:
            continue


def _ids(entries: object) -> list[str]:
    """The ids of a part of the queue, in the order they will run."""
    found = [parts for parts in (_list(entry) for entry in _list(entries)) if len(parts) > 1 and isinstance(parts[1], str)]
    found.sort(key=lambda parts: parts[0] if isinstance(parts[0], int | float) else 0)
    return [parts[1] for parts in found]


def _whole(reply: Reply) -> Mapping[str, Any]:
    if not isinstance(reply.data, dict):
        raise ProviderFault(f"{VENDOR} answered in a form that we do not know.", kind=FaultKind.BAD_RESULT)
    return cast("dict[str, Any]", reply.data)


def _object(thing: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", thing) if isinstance(thing, dict) else {}


def _list(thing: object) -> list[Any]:
    return cast("list[Any]", thing) if isinstance(thing, list) else []


def event_of(text: str) -> tuple[str, Mapping[str, Any]]:
    """The kind and the facts of a message of the websocket; an empty kind for what is none."""
    found = facts_of(text)
    return str(found.get("type") or ""), _object(found.get("data"))


def facts_of(text: str | bytes) -> Mapping[str, Any]:
    """A JSON object; empty where it is none."""
    try:
        return _object(json.loads(text))
    except (ValueError, RecursionError):
        return {}
