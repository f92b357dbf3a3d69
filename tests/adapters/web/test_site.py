"""The site: health, counters, the platforms' pages, and what holds for every request."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from structlog.testing import capture_logs

from adapters.web.doorway import LARGEST_BODY
from adapters.web.health import Health
from bot.errors import SettingFault, StoreFault
from bot.ports import ASGI
from tests.adapters.web.visitors import Chat, Part, World, a_world


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with a_world(None, "journal", "files") as world:
        yield world


def says(text: str) -> ASGI:
    async def page(scope: object, receive: object, send: object) -> None:
        request = Request(scope, receive, send)  # pyright: ignore[reportArgumentType] - the ASGI of the ports is untyped
        await PlainTextResponse(f"{text} {request.url.path}")(scope, receive, send)  # pyright: ignore[reportArgumentType]

    return page


async def test_a_living_process_says_so_whatever_is_broken(world: World) -> None:
    world.parts["journal"].broken = StoreFault("gone")
    async with world.visitor() as visitor:
        assert (await visitor.get("/healthz")).text == "ok\n"


async def test_a_bot_is_ready_when_every_part_is(world: World) -> None:
    async with world.visitor() as visitor:
        answer = await visitor.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "parts": {"journal": "ready", "files": "ready", "playground": "ready"}}


async def test_a_broken_part_is_named_but_its_secrets_are_not(world: World) -> None:
    world.parts["files"].broken = StoreFault("bucket of account 42 at 10.0.0.7")
    with capture_logs() as lines:
        async with world.visitor() as visitor:
            answer = await visitor.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "parts": {"journal": "ready", "files": "not ready", "playground": "ready"}}
    assert [(line["part"], line["reason"]) for line in lines if line["event"] == "not ready"] == [
        ("files", "bucket of account 42 at 10.0.0.7")
    ]


async def test_a_part_that_breaks_in_its_own_way_is_not_ready_either(world: World) -> None:
    world.parts["files"].broken = KeyError("surprise")
    async with world.visitor() as visitor:
        assert (await visitor.get("/readyz")).status_code == 503


async def test_a_platform_that_lost_its_connection_is_not_ready(world: World) -> None:
    world.chats["playground"].ready = False
    async with world.visitor() as visitor:
        answer = await visitor.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["playground"] == "not ready"


async def test_many_who_ask_at_once_cause_one_check(world: World) -> None:
    async with world.visitor() as visitor:
        await asyncio.gather(*(visitor.get("/readyz") for _ in range(30)))
    assert world.parts["journal"].asked == 1


async def test_a_part_that_recovered_is_ready_again() -> None:
    part = Part()
    health = Health({"journal": part}, {}, lasts=0)
    part.broken = StoreFault("gone")
    with capture_logs() as lines:
        assert await health.parts() == {"journal": False}
        assert await health.parts() == {"journal": False}
        part.broken = None
        assert await health.parts() == {"journal": True}
    assert [line["event"] for line in lines] == ["not ready", "ready again"]


async def test_metrics_count_what_happened(world: World) -> None:
    world.counters.acknowledged(0.004)
    world.counters.refused("OverQuota")
    world.counters.finished(outcome="delivered", provider="sketch", model="sketch", images=4, seconds=1.5)
    world.counters.finished(outcome="failed", provider="sketch", model="sketch", images=0, seconds=None)
    world.counters.faulted(provider="sketch", kind="timeout")
    async with world.visitor() as visitor:
        answer = await visitor.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    said = set(answer.text.splitlines())
    assert {
        'limner_jobs{state="queued"} 3.0',
        'limner_jobs{state="submitted"} 2.0',
        'limner_jobs_finished_total{model="sketch",outcome="delivered",provider="sketch"} 1.0',
        'limner_jobs_finished_total{model="sketch",outcome="failed",provider="sketch"} 1.0',
        'limner_images_delivered_total{model="sketch",provider="sketch"} 4.0',
        'limner_job_seconds_sum{model="sketch",provider="sketch"} 1.5',
        'limner_job_seconds_count{model="sketch",provider="sketch"} 1.0',
        'limner_acknowledgement_seconds_bucket{le="0.005"} 1.0',
        'limner_acknowledgement_seconds_bucket{le="0.0025"} 0.0',
        'limner_refusals_total{kind="OverQuota"} 1.0',
        'limner_provider_faults_total{kind="timeout",provider="sketch"} 1.0',
    } <= said


async def test_jobs_that_left_a_state_are_not_counted_there_any_more(world: World) -> None:
    async with world.visitor() as visitor:
        assert 'limner_jobs{state="submitted"}' in (await visitor.get("/metrics")).text
        world.journal.jobs = {"queued": 1}
        answer = await visitor.get("/metrics")
    assert 'limner_jobs{state="submitted"}' not in answer.text
    assert 'limner_jobs{state="queued"} 1.0' in answer.text


async def test_metrics_are_there_while_the_journal_is_not(world: World) -> None:
    world.journal.broken = True
    world.counters.refused("OverQuota")
    async with world.visitor() as visitor:
        answer = await visitor.get("/metrics")
    assert 'limner_refusals_total{kind="OverQuota"} 1.0' in answer.text
    assert 'limner_jobs{state="queued"}' not in answer.text


async def test_platforms_are_found_under_their_prefixes() -> None:
    chats = {"chat": Chat({"": says("root")}), "slack": Chat({"/slack": says("slack"), "slack/oauth/": says("oauth")}), "discord": Chat({})}
    async with a_world(chats) as world, world.visitor() as visitor:
        pages = [(await visitor.get(path)).text for path in ("/", "/anything", "/slack/events", "/slack/oauth/back", "/healthz")]
    assert pages == ["root /", "root /anything", "slack /slack/events", "oauth /slack/oauth/back", "ok\n"]


async def test_two_platforms_for_one_address_are_refused() -> None:
    with pytest.raises(SettingFault, match="BOT_PLATFORMS"):
        async with a_world({"one": Chat({"/": says("one")}), "two": Chat({"": says("two")})}):
            pass


async def test_a_bot_without_pages_says_where_people_meet_it() -> None:
    async with a_world({}) as world, world.visitor() as visitor:
        root, missing = await visitor.get("/"), await visitor.get("/wp-login.php")
    assert (root.status_code, missing.status_code) == (200, 404)
    assert "chat" in root.text
    assert "nothing at this address" in missing.text


async def test_every_answer_has_narrow_headers_unless_it_has_its_own(world: World) -> None:
    async with world.visitor() as visitor:
        health, page, missing = [await visitor.get(path) for path in ("/healthz", "/", "/missing")]
    for answer in (health, page, missing):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "server" not in answer.headers
    assert health.headers["content-security-policy"].startswith("default-src 'none'")
    assert page.headers["content-security-policy"] == "default-src 'self'"


async def test_a_line_is_logged_for_each_request_without_its_query(world: World) -> None:
    with capture_logs() as lines:
        async with world.visitor() as visitor:
            await visitor.get("/missing?signature=a-secret")
    assert [(line["method"], line["path"], line["status"], line["log_level"]) for line in lines] == [("GET", "/missing", 404, "info")]
    assert "a-secret" not in str(lines)


async def test_probes_are_not_worth_a_line(world: World) -> None:
    with capture_logs() as lines:
        async with world.visitor() as visitor:
            for path in ("/healthz", "/readyz", "/metrics"):
                await visitor.get(path)
    assert {line["log_level"] for line in lines} == {"debug"}


async def test_an_error_is_a_sentence_with_the_id_of_its_log_line() -> None:
    async def stumble(*_: object) -> None:
        raise RuntimeError("a password that must not be shown")

    async with a_world({"chat": Chat({"/": stumble})}) as world, world.visitor() as visitor:
        with capture_logs() as lines:
            answer = await visitor.get("/anything")
    assert answer.status_code == 500
    assert "password" not in answer.text
    assert lines[0]["event"] == "a request failed"
    assert lines[0]["id"] in answer.text


@pytest.mark.parametrize("more", [0, 1])
async def test_a_body_may_be_so_large_and_no_larger(world: World, more: int) -> None:
    async with world.visitor() as visitor:
        answer = await visitor.post("/upload", content=b"x" * (LARGEST_BODY + more))
    assert answer.status_code == (413 if more else 200)
    assert answer.text == (str(LARGEST_BODY) if not more else "That is more than the 25 MB that are taken here; send less.\n")


async def test_a_body_that_does_not_say_its_size_is_measured(world: World) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 1024**2 + 1):
            yield b"x" * 1024**2

    with capture_logs() as lines:
        async with world.visitor() as visitor:
            answer = await visitor.post("/upload", content=endless())
    assert answer.status_code == 413
    assert [line["status"] for line in lines] == [413]
