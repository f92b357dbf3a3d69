"""Documents are nouns written as JSON, and moments written as integers: the two forms in which the journal keeps them.

A field added to a noun reads as its default from older documents; a field taken away is passed over.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from bot.errors import StoreFault
from bot.model import Case, Job, Person, Post

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BATCH = 50
"""Documents to read before the event loop gets a turn: about 3 ms."""


@cache
def _jobs() -> TypeAdapter[Job]:
    return TypeAdapter(Job)


@cache
def _posts() -> TypeAdapter[Post]:
    return TypeAdapter(Post)


@cache
def _cases() -> TypeAdapter[Case]:
    return TypeAdapter(Case)


@cache
def _people() -> TypeAdapter[Person]:
    return TypeAdapter(Person)


def micros(moment: datetime) -> int:
    """A moment, with its time zone, as microseconds since 1970 UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(number: int) -> datetime:
    """The moment that so many microseconds since 1970 UTC are."""
    return _EPOCH + number * _MICROSECOND


def micros_or_none(moment: datetime | None) -> int | None:
    """The same where there may be none."""
    return None if moment is None else micros(moment)


def write_job(job: Job) -> str:
    """A job as JSON.

    Raises:
        StoreFault: a text in it is broken (half a surrogate pair).
    """
    try:
        return _jobs().dump_json(job).decode()
    except PydanticSerializationError as error:
        raise StoreFault(f"Job {job.id} cannot be written: {error}") from error


def read_job(document: str) -> Job:
    """A job from JSON.

    Raises:
        StoreFault: the document is none of ours, or of a newer Limner.
    """
    try:
        return _jobs().validate_json(document)
    except ValidationError as error:
        raise StoreFault(f"A job in the journal cannot be read; was it written by a newer Limner? {_first(error)}") from error


async def read_jobs(documents: Sequence[str]) -> list[Job]:
    """Jobs from JSON, with turns for the event loop: at a start there may be thousands."""
    found: list[Job] = []
    for start in range(0, len(documents), _BATCH):
        if start:
            await asyncio.sleep(0)
        found += [read_job(document) for document in documents[start : start + _BATCH]]
    return found


def write_post(post: Post) -> str:
    """A post as JSON."""
    return _posts().dump_json(post).decode()


def read_post(document: str) -> Post:
    """A post from JSON."""
    try:
        return _posts().validate_json(document)
    except ValidationError as error:
        raise StoreFault(f"A post in the journal cannot be read; was it written by a newer Limner? {_first(error)}") from error


def write_case(case: Case) -> str:
    """A case as JSON. Raises StoreFault where a text in it is broken."""
    try:
        return _cases().dump_json(case).decode()
    except PydanticSerializationError as error:
        raise StoreFault(f"Case {case.id} cannot be written: {error}") from error


def read_case(document: str) -> Case:
    """A case from JSON."""
    try:
        return _cases().validate_json(document)
    except ValidationError as error:
        raise StoreFault(f"A case in the journal cannot be read; was it written by a newer Limner? {_first(error)}") from error


def write_person(person: Person) -> str:
    """A person as JSON."""
    return _people().dump_json(person).decode()


def read_person(document: str) -> Person:
    """A person from JSON."""
    return _people().validate_json(document)


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
