"""Places for files to test with: a folder, memory, and a bucket of moto's S3 server.

`files` is a place, once for each kind; `our_files` those whose links lead to our own route; `bucket` the one with links of its own.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from storage.files import ObFiles, open_files

SECRET = b"a secret of more than thirty-two characters"
PUBLIC_URL = "https://limner.example"


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 14, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def advance(self, time: timedelta) -> None:
        """Go on."""
        self.now += time


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture(scope="session")
def s3_options() -> Iterator[Mapping[str, str]]:
    """What opens the buckets of a server that starts once a session, when first asked for."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - takes a second to import, and only these tests need it

    # moto leaves parts of itself without types.
    server: Any = cast("Any", ThreadedMotoServer)(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()
        endpoint = f"http://127.0.0.1:{port}"
        httpx.put(f"{endpoint}/pictures").raise_for_status()
        yield {
            "AWS_ACCESS_KEY_ID": "limner",
            "AWS_SECRET_ACCESS_KEY": "limner",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_PROFILE": "a setting that says nothing about buckets",
        }
    finally:
        server.stop()


def at(
    place: str, clock: Clock, options: Mapping[str, str] | None = None, *, secret: bytes = SECRET
) -> AbstractAsyncContextManager[ObFiles]:
    """Files of this place, at this time."""
    return open_files(place, secret=secret, public_url=PUBLIC_URL, now=clock, options=options)


@pytest.fixture(params=["folder", "memory", "s3"])
async def files(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> AsyncIterator[ObFiles]:
    """An empty place of each kind."""
    options: Mapping[str, str] | None = request.getfixturevalue("s3_options") if request.param == "s3" else None
    places = {"folder": str(tmp_path / "files"), "memory": "memory:///", "s3": f"s3://pictures/{tmp_path.name}"}
    async with at(places[request.param], clock, options) as files:
        yield files


@pytest.fixture(params=["folder", "memory"])
async def our_files(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> AsyncIterator[ObFiles]:
    """An empty place of each kind whose links lead to our own route."""
    async with at(str(tmp_path / "files") if request.param == "folder" else "memory:///", clock) as files:
        yield files


@pytest.fixture
async def bucket(s3_options: Mapping[str, str], tmp_path: Path, clock: Clock) -> AsyncIterator[ObFiles]:
    """An empty bucket."""
    async with at(f"s3://pictures/{tmp_path.name}", clock, s3_options) as files:
        yield files
