"""The Files port's contract, over every implementation."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.errors import NotFound
from bot.ports import Files
from tests.contracts.buckets import PUBLIC_URL, Clock

PNG = b"\x89PNG\r\n\x1a\n and so on"
FACTS = {"prompt": "ein Fuchs im Schnee – 狐", "seed": "42", "note": 'quotes " and\nlines'}


async def keep(files: Files, content: bytes = PNG, *, kind: str = "images/3f2a", media_type: str = "image/png") -> str:
    return await files.put(content, kind=kind, media_type=media_type, facts=FACTS)


async def test_what_is_kept_comes_back_with_its_type_and_facts(files: Files) -> None:
    content = await files.get(await keep(files))
    assert (content.body, content.media_type, content.facts) == (PNG, "image/png", FACTS)


async def test_a_file_without_facts_has_none(files: Files) -> None:
    content = await files.get(await files.put(PNG, kind="previews", media_type="image/webp"))
    assert (content.media_type, content.facts) == ("image/webp", {})


async def test_a_type_that_nobody_knows_is_kept_too(files: Files) -> None:
    content = await files.get(await files.put(b"", kind="sources", media_type="image/x-portable-bitmap"))
    assert (content.body, content.media_type) == (b"", "image/x-portable-bitmap")


async def test_large_files_come_back_whole(files: Files) -> None:
    large = bytes(range(256)) * 48 * 1024
    assert (await files.get(await keep(files, large))).body == large


async def test_a_key_tells_kind_month_and_content(files: Files) -> None:
    assert re.fullmatch(r"images/3f2a/2026/03/[0-9a-f]{64}\.png", await keep(files))
    assert (await keep(files, media_type="image/jpeg")).endswith(".jpg")


async def test_the_same_content_has_the_same_key_for_a_month(files: Files, clock: Clock) -> None:
    first = await keep(files)
    assert await keep(files) == first
    assert await keep(files, b"other") != first
    assert await keep(files, kind="shown/3f2a") != first
    clock.advance(timedelta(days=31))
    assert await keep(files) == first.replace("/03/", "/04/")


async def test_the_same_content_may_be_kept_by_many_at_once(files: Files) -> None:
    keys = await asyncio.gather(*(keep(files) for _ in range(20)))
    assert len(set(keys)) == 1
    assert (await files.get(keys[0])).body == PNG


async def test_what_was_never_kept_is_not_found(files: Files) -> None:
    with pytest.raises(NotFound):
        await files.get(f"images/2026/03/{'0' * 64}.png")


async def test_what_was_deleted_is_gone_and_may_be_deleted_again(files: Files) -> None:
    key = await keep(files)
    await files.delete(key)
    with pytest.raises(NotFound):
        await files.get(key)
    await files.delete(key)


async def test_facts_are_deleted_with_their_file(files: Files) -> None:
    key = await keep(files)
    await files.delete(key)
    await files.put(PNG, kind="images/3f2a", media_type="image/png")
    assert (await files.get(key)).facts == {}


CLIMBING = [
    "",
    "/etc/passwd",
    "../secret.key",
    f"../{'0' * 64}.png",
    f"images/../../2026/03/{'0' * 64}.png",
    f"images/./2026/03/{'0' * 64}.png",
    f"images//2026/03/{'0' * 64}.png",
    f"/images/2026/03/{'0' * 64}.png",
    f"images/2026/03/{'0' * 64}.png.json",
    f"images/2026/03/{'0' * 64}.png\n",
    f"images\\2026/03/{'0' * 64}.png",
    f"images%2f2026/03/{'0' * 64}.png",
    f"images/2026/03/{'0' * 64}.png\x00",
    "ping.txt",
]


@pytest.mark.parametrize("key", CLIMBING)
async def test_what_is_no_key_leads_nowhere(files: Files, key: str) -> None:
    with pytest.raises(NotFound):
        await files.get(key)
    with pytest.raises(NotFound):
        await files.delete(key)
    with pytest.raises(NotFound):
        await files.link(key, expires=timedelta(hours=1))


@pytest.mark.parametrize("kind", ["", "..", "../images", "images/..", "/images", "images/", "a//b", "bilder/é", "a b", ".hidden"])
async def test_a_kind_that_is_no_plain_path_is_refused(files: Files, kind: str) -> None:
    with pytest.raises(ValueError, match="no kind of file"):
        await files.put(PNG, kind=kind, media_type="image/png")


async def test_a_link_leads_to_the_picture(files: Files) -> None:
    link = httpx.URL(await files.link(await keep(files), expires=timedelta(hours=1)))
    if str(link).startswith(PUBLIC_URL):
        content = await files.redeem(link.path, dict(link.params))
        assert (content.body, content.media_type) == (PNG, "image/png")
        return
    async with httpx.AsyncClient() as client:
        answer = await client.get(link)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PNG, "image/png")


async def test_a_link_without_a_signature_leads_nowhere(files: Files) -> None:
    key = await keep(files)
    with pytest.raises(NotFound):
        await files.redeem(f"/files/{key}", {})
    with pytest.raises(NotFound):
        await files.redeem(f"/files/{key}", {"expires": "99999999999", "signature": ""})


async def test_files_that_work_say_nothing(files: Files) -> None:
    await files.ping()
    await files.ping()


async def test_facts_can_be_taken_away_and_the_file_stays(files: Files) -> None:
    key = await keep(files)
    for _ in range(2):
        await files.strip(key)
        content = await files.get(key)
        assert (content.body, content.media_type, content.facts) == (PNG, "image/png", {})


async def test_old_files_of_a_kind_are_found_and_no_others(files: Files) -> None:
    key = await keep(files, kind="previews")
    await keep(files, kind="images")
    # When a file was written is the store's own affair, whatever clock a key is named by.
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert await files.aged("previews", before=tomorrow) == [key]
    assert await files.aged("previews", before=tomorrow - timedelta(days=2)) == []
    assert await files.aged("parts", before=tomorrow) == []
    with pytest.raises(ValueError, match="no kind of file"):
        await files.aged("../images", before=tomorrow)
