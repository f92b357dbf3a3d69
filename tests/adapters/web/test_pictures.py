"""Signed pictures, as a browser or a chat's own server asks for them."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.errors import StoreFault
from bot.model import Content
from storage.files import ObFiles
from tests.adapters.web.visitors import World, a_world

PNG = b"\x89PNG\r\n\x1a\n and so on"
HOUR = timedelta(hours=1)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with a_world() as world:
        yield world


async def link_to(files: ObFiles, *, media_type: str = "image/png", download: str = "") -> str:
    key = await files.put(PNG, kind="images/3f2a", media_type=media_type, facts={"prompt": "a secret plan"})
    return await files.link(key, expires=HOUR, download=download)


async def test_a_link_shows_the_picture(world: World) -> None:
    async with world.visitor() as visitor:
        answer = await visitor.get(await link_to(world.files))
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PNG, "image/png")
    assert answer.headers["content-disposition"] == "inline"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_a_browser_keeps_the_picture_until_the_link_ends(world: World) -> None:
    link = await link_to(world.files)
    world.clock.advance(timedelta(minutes=50))
    async with world.visitor() as visitor:
        answer = await visitor.get(link)
        assert answer.headers["cache-control"] == "private, max-age=600, immutable"
        again = await visitor.get(link, headers={"If-None-Match": answer.headers["etag"]})
        weak = await visitor.get(link, headers={"If-None-Match": f'"other", W/{answer.headers["etag"]}'})
        other = await visitor.get(link, headers={"If-None-Match": '"other"'})
    assert [again.status_code, weak.status_code, other.status_code] == [304, 304, 200]
    assert again.content == b""


async def test_only_the_headers_are_sent_when_only_they_are_asked_for(world: World) -> None:
    async with world.visitor() as visitor:
        answer = await visitor.head(await link_to(world.files))
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(len(PNG)))


async def test_a_download_is_saved_under_its_name(world: World) -> None:
    async with world.visitor() as visitor:
        answer = await visitor.get(await link_to(world.files, download='Füchse "1".png'))
    assert answer.headers["content-disposition"] == "attachment; filename=\"F_chse -1-.png\"; filename*=UTF-8''F%C3%BCchse%20-1-.png"


@pytest.mark.parametrize("media_type", ["text/html", "text/plain", "application/pdf"])
async def test_what_is_no_picture_is_never_shown_as_a_page(world: World, media_type: str) -> None:
    async with world.visitor() as visitor:
        answer = await visitor.get(await link_to(world.files, media_type=media_type))
    assert answer.headers["content-disposition"] == "attachment"


async def test_a_link_that_ended_says_so(world: World) -> None:
    link = await link_to(world.files)
    world.clock.advance(HOUR)
    async with world.visitor() as visitor:
        answer = await visitor.get(link)
    assert answer.status_code == 410
    assert "ended" in answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "addition",
    ["&expires=99999999999", "&signature=", "&download=x.png", "&width=64", "&", "&x", f"&{'&'.join(f'a{n}=1' for n in range(50))}"],
)
async def test_a_link_with_anything_added_leads_nowhere(world: World, addition: str) -> None:
    async with world.visitor() as visitor:
        answer = await visitor.get(await link_to(world.files) + addition)
    assert answer.status_code == 404
    assert PNG not in answer.content


async def test_a_parameter_said_twice_leads_nowhere_even_with_the_same_value(world: World) -> None:
    link = await link_to(world.files)
    signature = link.rpartition("signature=")[2]
    async with world.visitor() as visitor:
        answer = await visitor.get(f"{link}&signature={signature}")
    assert answer.status_code == 404
    assert "twice" in answer.text


async def test_facts_have_no_address(world: World) -> None:
    link = (await link_to(world.files)).replace(".png?", ".png.json?")
    async with world.visitor() as visitor:
        answers = [await visitor.get(link), await visitor.get(link.partition("?")[0])]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert not any("secret" in answer.text for answer in answers)


@pytest.mark.parametrize(
    "path", ["/files", "/files/", "/files/../secret.key", "/files/%2e%2e/secret.key", "/files//etc/passwd", "/files/%00"]
)
async def test_addresses_that_climb_lead_nowhere(path: str) -> None:
    async with a_world({}) as world, world.visitor() as visitor:
        answer = await visitor.get(path)
    assert answer.status_code == 404


async def test_a_picture_is_only_read(world: World) -> None:
    link = await link_to(world.files)
    async with world.visitor() as visitor:
        statuses = [(await visitor.request(method, link)).status_code for method in ("POST", "PUT", "DELETE")]
    assert all(status in (404, 405) for status in statuses)


async def test_files_that_cannot_be_read_ask_for_patience(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_: str) -> Content:
        raise StoreFault("s3 at 10.0.0.7 refuses the key of account 42")

    link = await link_to(world.files)
    monkeypatch.setattr(world.files, "get", broken)
    async with world.visitor() as visitor:
        answer = await visitor.get(link)
    assert answer.status_code == 503
    assert "10.0.0.7" not in answer.text
