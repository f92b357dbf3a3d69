"""Slack over HTTP: signed requests alone are heard, and everything works as it does over a line."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.web import listen
from bot.model import Answer, Tone
from tests.flows.story import eventually
from tests.wire.slack.line import sign
from tests.wire.slack.server import SlackServer, open_slack
from tests.wire.slack_life import REMIX, Life, open_life, whispered
from tests.wire.slack_site import open_site

COMMAND = {"command": "/imagine", "text": "a fox", "team_id": "T0LIMNER", "channel_id": "C0LIMNERGENERAL", "user_id": "U0LIMNERADA"}


@asynccontextmanager
async def over_http(slack: SlackServer, folder: Path, **settings: Any) -> AsyncGenerator[Life]:
    """The platform behind a web server of its own, to which Slack delivers."""
    secret = slack.signing_secret
    with listen("127.0.0.1", 0) as listener:
        async with (
            open_life(slack, folder, mode="http", app_token=None, signing_secret=secret, **settings) as life,
            open_site(life.platform.pages, listener) as address,
        ):
            slack.http_target = address
            yield life


@pytest.fixture
async def slack() -> AsyncGenerator[SlackServer]:
    async with open_slack() as server:
        yield server


@pytest.fixture
async def life(slack: SlackServer, tmp_path: Path) -> AsyncGenerator[Life]:
    async with over_http(slack, tmp_path) as opened:
        yield opened


async def test_a_command_is_acknowledged_at_once_and_answered_later(life: Life) -> None:
    life.oracle.answers["imagine"] = whispered("You have no images left.")
    life.oracle.speaking.clear()
    delivery = await life.slack.command("ada", "general", "/imagine", "a red fox")
    assert (delivery.failed, delivery.status, delivery.ack) == ("", 200, None)
    life.oracle.speaking.set()
    assert (await life.sees("ada")).text == "You have no images left."
    assert life.slack.sockets == 0


async def test_a_mistake_in_a_form_stands_beside_its_field(life: Life) -> None:
    life.oracle.answers = {"imagine": Answer(form=REMIX), "remix": whispered("Whole numbers.", tone=Tone.WARNING, field="seed")}
    await life.slack.command("ada", "general", "/imagine")
    delivery = await life.slack.submit("ada", await life.form("ada"), {"Prompt": "a fox", "Seed": "7"})
    assert delivery.errors == {"field:seed": "Whole numbers."}


async def test_an_event_that_comes_again_is_heard_once(life: Life) -> None:
    delivery = await life.slack.mention("ada", "general", "imagine a fox")
    assert not (await life.slack.retry(delivery)).failed
    await life.slack.mention("ada", "general", "imagine the last")
    await life.oracle.hears(2)
    await life.stop()
    assert [invocation.line for invocation in life.oracle.heard] == ["imagine a fox", "imagine the last"]


async def test_slacks_own_checks_are_answered(life: Life) -> None:
    assert "a-challenge" in await life.slack.verify_url()
    assert await life.slack.check_ssl() == 200


async def test_a_wrong_or_old_signature_is_refused(life: Life) -> None:
    assert await life.slack.post_forged(COMMAND) == 401
    assert await life.slack.post_stale(COMMAND) == 401
    assert life.oracle.heard == []


@pytest.mark.parametrize(
    ("stamp", "signature"),
    [("", ""), ("soon", "v0=1"), ("1" * 40, "v0=1"), ("²", "v0=1"), ("1", "v0=ünlikely")],
)
async def test_a_signature_that_makes_no_sense_is_refused(life: Life, stamp: str, signature: str) -> None:
    headers = {"X-Slack-Request-Timestamp": stamp.encode().decode("latin-1"), "X-Slack-Signature": signature.encode().decode("latin-1")}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{life.slack.http_target}/slack/events", data=b"x", headers=headers) as answer,
    ):
        assert answer.status == 401


@pytest.mark.parametrize(("body", "kind"), [("{not json", "application/json"), ("payload={", "application/x-www-form-urlencoded")])
async def test_what_is_signed_and_makes_no_sense_is_refused(life: Life, body: str, kind: str) -> None:
    status, _, _ = await life.slack.line.request(body, kind)
    assert status == 400


async def test_bytes_that_are_no_text_are_refused(life: Life) -> None:
    headers = {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": sign("x", "1", "x")}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{life.slack.http_target}/slack/events", data=b"\xff\xfe", headers=headers) as answer,
    ):
        assert answer.status == 401


async def test_between_two_runs_slack_is_asked_to_come_again(life: Life) -> None:
    await life.stop()
    life.slack.retry_pauses = ()
    delivery = await life.slack.mention("ada", "general", "imagine a fox")
    assert delivery.status == 503
    assert not life.platform.ready


async def test_over_a_line_nothing_is_served(slack: SlackServer, tmp_path: Path) -> None:
    async with open_life(slack, tmp_path) as life:
        assert dict(life.platform.pages) == {}


async def test_five_hundred_commands_over_http_are_acknowledged_in_time(life: Life) -> None:
    life.oracle.speaking.clear()
    # As many at a time as a proxy would have connections.
    seconds: list[float] = []
    for _ in range(10):
        every = await asyncio.gather(*(life.slack.command("ada", "general", "/imagine", f"fox {n}") for n in range(50)))
        assert [delivery.failed for delivery in every if delivery.failed] == []
        seconds += [delivery.seconds or 9 for delivery in every]
    assert max(seconds) < 3
    life.oracle.speaking.set()

    async def all_heard() -> bool:
        return len(life.oracle.heard) == 500

    await eventually(all_heard)
