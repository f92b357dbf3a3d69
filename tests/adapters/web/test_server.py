"""The server: a real port of this machine, real sockets."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator

import httpx
import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from adapters.web import Server, listen
from bot.errors import SettingFault
from tests.adapters.web.visitors import World, a_server, a_world

PATIENCE = 20.0


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with a_world() as world:
        yield world


async def test_a_server_tells_where_it_is_and_answers_there(world: World) -> None:
    async with a_server(world.app, world.counters) as server, httpx.AsyncClient() as visitor:
        assert server.address == f"http://127.0.0.1:{server.port}"
        answer = await visitor.get(f"{server.address}/healthz")
        assert (answer.status_code, answer.text) == (200, "ok\n")
        assert "server" not in answer.headers
        head = await visitor.head(f"{server.address}/healthz")
        assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "3")


@pytest.mark.parametrize(("host", "told"), [("0.0.0.0", "localhost"), ("127.0.0.1", "127.0.0.1"), ("localhost", None), ("::1", "[::1]")])  # noqa: S104 - for the length of a test
async def test_an_address_can_be_opened_in_a_browser(world: World, host: str, told: str | None) -> None:
    with listen(host, 0) as listener:
        server = Server(world.app, listener, world.counters)
    assert server.port > 0
    if told:
        assert server.address == f"http://{told}:{server.port}"


def test_a_port_in_use_is_said_with_its_setting() -> None:
    with listen("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingFault, match=f"Port {port} is in use.*BOT_HTTP_PORT"), listen("127.0.0.1", port):
            pass


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_a_host_that_is_not_here_is_said_with_its_setting(host: str) -> None:
    with pytest.raises(SettingFault, match="BOT_HTTP_HOST"), listen(host, 0):
        pass


def test_a_port_is_free_again_when_the_server_is_gone() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    with listen("127.0.0.1", port) as again:
        assert again.getsockname()[1] == port


async def test_the_process_keeps_its_signal_handlers(world: World) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    async with a_server(world.app, world.counters):
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


async def test_a_stopped_server_hangs_up_on_whoever_is_still_there(world: World) -> None:
    async with asyncio.timeout(PATIENCE), httpx.AsyncClient() as visitor:
        async with a_server(world.app, world.counters) as server:
            socket_ = await connect(f"{server.address.replace('http', 'ws')}/live")
            await socket_.send("hello")
            assert await socket_.recv() == "hello"
            stream = await visitor.send(visitor.build_request("GET", f"{server.address}/news"), stream=True)
            news = stream.aiter_bytes()
            assert await anext(news) == b"data: news\n\n"
        with pytest.raises(ConnectionClosed) as closed:
            await socket_.recv()
        # "Come again later": browsers reconnect.
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        with pytest.raises(httpx.RemoteProtocolError):
            async for _ in news:
                pass
        with pytest.raises(httpx.ConnectError):
            await visitor.get(f"{server.address}/healthz")


async def test_a_websocket_to_nowhere_is_refused(world: World) -> None:
    async with a_world({}) as bare, a_server(bare.app, world.counters) as server:
        with pytest.raises(Exception, match="403"):
            await connect(f"{server.address.replace('http', 'ws')}/nowhere")


async def test_a_websocket_that_breaks_is_closed_and_logged(world: World) -> None:
    with capture_logs() as lines:
        async with asyncio.timeout(PATIENCE), a_server(world.app, world.counters) as server:
            socket_ = await connect(f"{server.address.replace('http', 'ws')}/stumble-live")
            with pytest.raises(ConnectionClosed) as closed:
                await socket_.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1011
    assert [line["event"] for line in lines] == ["a request failed", "request"]


async def test_a_visitor_who_leaves_in_the_middle_is_no_error(world: World) -> None:
    with capture_logs() as lines:
        async with asyncio.timeout(PATIENCE), a_server(world.app, world.counters) as server:
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf of it")
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            async with httpx.AsyncClient() as visitor:
                while not any(line["path"] == "/upload" for line in lines):
                    await visitor.get(f"{server.address}/healthz")
    assert {line["log_level"] for line in lines} <= {"info", "debug"}


async def test_a_visitor_who_sends_too_much_hears_it(world: World) -> None:
    async with a_server(world.app, world.counters) as server, httpx.AsyncClient() as visitor:
        answer = await visitor.post(f"{server.address}/upload", content=b"x" * (26 * 1024**2))
    assert answer.status_code == 413


async def test_the_event_loops_lag_is_measured_while_serving(world: World) -> None:
    async with a_server(world.app, world.counters) as server, httpx.AsyncClient() as visitor, asyncio.timeout(PATIENCE):
        while "limner_event_loop_lag_seconds_count 0.0" in (await visitor.get(f"{server.address}/metrics")).text:
            pass


def test_the_server_is_imported_without_what_it_does_not_need() -> None:
    asked = "import sys, adapters.web; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()  # noqa: S603 - our own words
    assert "starlette" in loaded
    assert not {"fastapi", "sqlalchemy", "pgqueuer", "slack_bolt", "discord"} & set(loaded)


def test_sockets_are_closed_with_their_context() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert isinstance(listener, socket.socket)
    assert listener.fileno() == -1
