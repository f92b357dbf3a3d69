"""Webhooks of a real provider over the real HTTP server: a signed delivery ends a wait, and nothing else does anything."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from bot import config
from bot.app import App, Fakes, bring_up_to_date, open_app
from bot.config import BotSettings
from bot.model import Finished, Job, Pending, State
from tests.bench.easel import SilentPlatform, imagine, png
from tests.contracts.service import SERVICES
from tests.contracts.services.replicate import ORDER, POLL, recorded, told
from tests.contracts.vendor import Says, Vendor, open_vendor
from tests.flows.story import eventually

SECRET = recorded("secret")["key"]
LINE = "imagine a small boat --seed 42 --model black-forest-labs/flux-schnell"
PATH = "/webhooks/replicate"


class Patient:
    """A provider whose jobs are not worth asking for in the next minutes, so that only a delivery can end the wait."""

    def __init__(self, part: Any) -> None:
        self._part = part
        self.checks = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._part, name)

    async def submit(self, *args: Any, **kwargs: Any) -> Any:
        return self._slower(await self._part.submit(*args, **kwargs))

    async def check(self, ticket: str) -> Any:
        self.checks += 1
        return self._slower(await self._part.check(ticket))

    @staticmethod
    def _slower(progress: Pending | Finished) -> Pending | Finished:
        return replace(progress, check_after=29.0) if isinstance(progress, Pending) else progress


def as_it_is(part: Any) -> Any:
    return part


@dataclass(kw_only=True)
class House:
    """A bot that serves, and its vendor."""

    app: App
    vendor: Vendor

    @property
    def address(self) -> str:
        assert self.app.server is not None
        return self.app.server.address

    async def send(self, body: bytes, *, headers: Mapping[str, str], path: str = PATH) -> int:
        async with httpx.AsyncClient() as sender:
            return (await sender.post(f"{self.address}{path}", content=body, headers=dict(headers))).status_code

    async def ordered(self) -> Job:
        """A job that its service knows, with its ticket written down."""
        answer = await imagine(self.app, line=LINE)
        assert answer.job, answer

        async def written() -> Job | None:
            job = await self.app.store.find(answer.job)
            known = job.ticket and await self.app.store.job_of_ticket("replicate", job.ticket)
            return job if known else None

        return await eventually(written)

    async def ended(self, job: Job) -> Job:
        async def over() -> Job | None:
            found = await self.app.store.find(job.id)
            return found if found.state.over else None

        return await eventually(over)


def delivery(vendor: Vendor, *, event: str = "msg_1", when: datetime | None = None, secret: str = SECRET) -> tuple[bytes, dict[str, str]]:
    """A delivery as the service sends it."""
    body = json.dumps(told(vendor, "succeeded")).encode()
    moment = when or datetime.now(UTC)
    signature = Webhook(secret).sign(event, moment, body.decode())
    return body, {"webhook-id": event, "webhook-timestamp": str(int(moment.timestamp())), "webhook-signature": signature}


def program(vendor: Vendor) -> None:
    vendor.on("GET", "^/v1/webhooks/default/secret$", Says(json=recorded("secret")))
    vendor.on("POST", ORDER, Says(status=201, json=told(vendor, "starting")))
    vendor.on("GET", POLL, Says(json=told(vendor, "processing")))
    vendor.on("GET", "/xezq/out-0.png", Says(body=png(64), headers={"Content-Type": "image/png"}))


def ready(vendor: Vendor) -> None:
    vendor.on("GET", POLL, Says(json=told(vendor, "succeeded", output=[f"{vendor.url}/xezq/out-0.png"])))


def environment(vendor: Vendor, folder: Path, database: str = "") -> dict[str, str]:
    return {
        **SERVICES["replicate"].settings(vendor),
        "BOT_DATABASE_URL": database or f"sqlite:///{folder}/limner.db",
        "BOT_FILES_URL": f"{folder}/files",
        "BOT_PROVIDERS": "replicate",
        "BOT_HTTP_PORT": "0",
        "BOT_PUBLIC_URL": "https://limner.example",
        "BOT_SECRET_KEY": "the same on every machine, as it must be",
    }


@asynccontextmanager
async def open_house(vendor: Vendor, said: Mapping[str, str], *, around: Callable[[Any], Any] = Patient) -> AsyncGenerator[House]:
    """`around`: put around the provider."""
    platform = SilentPlatform()
    fakes = Fakes(
        platforms={"easel": platform}, moderators=[], around=lambda part: around(part) if getattr(part, "name", "") == "replicate" else part
    )
    async with open_app(config.load(BotSettings, "bot", said), said, fakes=fakes) as app:
        stop, up = asyncio.Event(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            running = group.create_task(app.run(stop, started=up.set))
            await up.wait()
            yield House(app=app, vendor=vendor)
            stop.set()
            await running


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        program(opened)
        yield opened


@pytest.fixture
async def house(vendor: Vendor, tmp_path: Path) -> AsyncGenerator[House]:
    async with open_house(vendor, environment(vendor, tmp_path)) as opened:
        yield opened


def polls(vendor: Vendor) -> int:
    return len(vendor.heard("GET", POLL))


async def test_a_signed_delivery_ends_the_wait_and_sent_again_does_nothing(house: House, vendor: Vendor) -> None:
    job = await house.ordered()
    ready(vendor)
    body, headers = delivery(vendor)
    assert await house.send(body, headers=headers) == 200
    assert (await house.ended(job)).state is State.DELIVERED
    asked = polls(vendor)
    assert await house.send(body, headers=headers) == 200, "the sender has done its part"
    later, signed = delivery(vendor, event="msg_2")
    assert await house.send(later, headers=signed) == 200, "nor does news of what is over"
    await imagine(house.app, line="quota")
    assert polls(vendor) == asked


async def test_what_proves_nothing_moves_nothing_whatever_it_is(house: House, vendor: Vendor) -> None:
    job = await house.ordered()
    asked = polls(vendor)
    body, headers = delivery(vendor)
    old, old_headers = delivery(vendor, event="msg_3", when=datetime.now(UTC) - timedelta(minutes=6))
    early, early_headers = delivery(vendor, event="msg_4", when=datetime.now(UTC) + timedelta(minutes=6))
    forged, forged_headers = delivery(vendor, event="msg_5", secret="whsec_Zm9yZ2VkIGZvcmdlZCBmb3JnZWQ=")
    tries: list[tuple[bytes, dict[str, str], str]] = [
        (old, old_headers, PATH),
        (early, early_headers, PATH),
        (forged, forged_headers, PATH),
        (body.replace(b"succeeded", b"succeedeD"), headers, PATH),
        (body, {**headers, "webhook-id": "msg_6"}, PATH),
        (body, {}, PATH),
        (body, headers, "/webhooks/bfl"),
        (body, headers, f"{PATH}/guessed"),
        (body + b" " * 9 * 1024**2, headers, PATH),
    ]
    statuses = [await house.send(content, headers=said, path=path) for content, said, path in tries]
    assert statuses == [401] * len(tries)
    assert await house.send(b" " * 26 * 1024**2, headers=headers) == 413
    assert polls(vendor) == asked
    assert (await house.app.store.find(job.id)).state is State.SUBMITTED


async def test_a_delivery_that_is_faster_than_the_answer_to_the_order_is_not_used_up(vendor: Vendor, tmp_path: Path) -> None:
    gate = asyncio.Event()
    vendor.on("POST", ORDER, Says(status=201, json=told(vendor, "starting"), gate=gate))
    async with open_house(vendor, environment(vendor, tmp_path)) as house:
        answer = await imagine(house.app, line=LINE)

        async def heard() -> bool:
            return bool(vendor.heard("POST", ORDER))

        assert await eventually(heard)
        body, headers = delivery(vendor)
        assert await house.send(body, headers=headers) == 200
        gate.set()

        async def written() -> Job | None:
            job = await house.app.store.find(answer.job)
            known = job.ticket and await house.app.store.job_of_ticket("replicate", job.ticket)
            return job if known else None

        job = await eventually(written)
        ready(vendor)
        assert await house.send(body, headers=headers) == 200
        assert (await house.ended(job)).state is State.DELIVERED


async def test_without_any_delivery_polling_ends_the_job(vendor: Vendor, tmp_path: Path) -> None:
    ready(vendor)
    async with open_house(vendor, environment(vendor, tmp_path), around=as_it_is) as house:
        answer = await imagine(house.app, line=LINE)
        assert (await house.ended(await house.app.store.find(answer.job))).state is State.DELIVERED


@pytest.mark.slow
async def test_a_delivery_to_another_machine_than_the_one_that_waits_ends_the_wait(
    vendor: Vendor, tmp_path: Path, blank_postgres_url: str
) -> None:
    said = environment(vendor, tmp_path, blank_postgres_url)
    await bring_up_to_date(config.load(BotSettings, "bot", said))
    async with open_house(vendor, said) as one:
        job = await one.ordered()
        async with open_house(vendor, said) as two:
            ready(vendor)
            body, headers = delivery(vendor)
            assert await two.send(body, headers=headers) == 200
            ended = await two.ended(job)
            assert (ended.state, ended.resubmitted) == (State.DELIVERED, 0)
            assert await one.send(body, headers=headers) == 200
    assert len(vendor.heard("POST", ORDER)) == 1
