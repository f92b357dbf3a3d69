"""The fan's list of calls: what it says of itself, and what becomes of one that cannot be read."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FaultKind, ProviderFault
from bot.health import Health
from bot.model import Content, Job, Person, Place, Request, State
from bot.worker.fan import Fan, is_answered, is_fan, tickets_of, without_unanswered
from tests.flows.test_services import Service

NOW = datetime(2026, 11, 21, tzinfo=UTC)


class NoFiles:
    """Files of which none is there."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    async def put(self, content: bytes, *, kind: str, media_type: str, owner: str = "", facts: Any = None) -> str:
        raise AssertionError(content, kind, media_type, owner, facts)

    async def get(self, key: str) -> Content:
        raise AssertionError(key)

    async def delete(self, key: str) -> None:
        self.deleted.append(key)

    async def strip(self, key: str) -> None:
        raise AssertionError(key)

    async def aged(self, kind: str, *, before: datetime) -> list[str]:
        raise AssertionError(kind, before)

    async def link(self, key: str, *, expires: timedelta, download: str = "") -> str:
        raise AssertionError(key, expires, download)

    async def redeem(self, path: str, query: Any) -> Content:
        raise AssertionError(path, query)

    async def ping(self) -> None:
        raise AssertionError


def job(ticket: str | None) -> Job:
    asked = Request(prompt="x", count=3, seed=10)
    return Job(
        id="7kq2mw9x",
        person=Person(platform="p", workspace="w", id="1"),
        place=Place(platform="p", workspace="w", channel="c"),
        request=asked,
        fitted=asked,
        state=State.SUBMITTED,
        provider="acme",
        model="one",
        ticket=ticket,
        created=NOW,
        changed=NOW,
        deadline=NOW,
    )


def written(*calls: dict[str, Any]) -> str:
    return "fan:" + json.dumps([{"count": 1, "offset": number, **call} for number, call in enumerate(calls)])


def test_a_list_knows_whether_every_call_was_answered() -> None:
    assert is_answered(written({"ticket": "a"}, {"keys": ["k"]}, {"failed": "no"}))
    assert not is_answered(written({"ticket": "a"}, {}))
    assert not is_answered("a ticket of a service")
    assert not is_answered(None)


def test_giving_up_what_nobody_answered_leaves_what_somebody_did() -> None:
    rest = without_unanswered(written({"ticket": "a"}, {}))
    assert rest is not None
    assert is_answered(rest)
    assert tickets_of(rest) == ["a"]
    assert without_unanswered(written({}, {})) is None
    assert without_unanswered("a ticket of a service") is None


@given(text=st.text(max_size=60) | st.sampled_from(["[1]", '[{"x": 1}]', '{"count": 1}', "null", "[[]]", "7", '"a"']))
async def test_a_list_that_cannot_be_read_is_a_lost_job_and_never_a_crash(text: str) -> None:
    ticket, files = f"fan:{text}", NoFiles()
    fan = Fan(files, Health())
    assert is_fan(ticket)
    try:
        is_answered(ticket)
        without_unanswered(ticket)
        await fan.clear(job(ticket))
        await fan.check(job(ticket), Service("acme"))
    except ProviderFault as fault:
        kind = fault.kind
    else:
        pytest.fail("nothing can come of it")
    assert kind is FaultKind.LOST


async def test_what_was_kept_between_calls_is_cleared_once() -> None:
    files = NoFiles()
    await Fan(files, Health()).clear(job(written({"keys": ["one", "two"]}, {"keys": ["three"]}, {})))
    assert sorted(files.deleted) == ["one", "three", "two"]


async def test_a_cancel_reaches_every_open_call_and_no_other() -> None:
    service = Service("acme")
    await Fan(NoFiles(), Health()).cancel(
        job(written({"ticket": "a"}, {"ticket": "b", "keys": ["k"]}, {"ticket": "c", "failed": "no"}, {})), service
    )
    assert service.cancelled == ["a"]
