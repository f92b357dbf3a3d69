"""The files' corners: our own links, what lies in the folder, and places that do not work."""

import json
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import Expired, NotFound, SettingFault, StoreFault
from storage.files import ObFiles
from tests.contracts.buckets import PUBLIC_URL, SECRET, Clock, at

PNG = b"\x89PNG\r\n\x1a\n and so on"
HOUR = timedelta(hours=1)


async def linked(files: ObFiles, download: str = "") -> tuple[str, dict[str, str]]:
    """A link's path and query."""
    key = await files.put(PNG, kind="images/3f2a", media_type="image/png")
    link = await files.link(key, expires=HOUR, download=download)
    assert link.startswith(f"{PUBLIC_URL}/files/{key}?")
    url = httpx.URL(link)
    return url.path, dict(url.params)


async def test_a_link_works_until_it_ends(our_files: ObFiles, clock: Clock) -> None:
    path, query = await linked(our_files)
    clock.advance(HOUR - timedelta(seconds=1))
    assert (await our_files.redeem(path, query)).body == PNG
    clock.advance(timedelta(seconds=1))
    with pytest.raises(Expired):
        await our_files.redeem(path, query)


async def test_a_link_to_a_deleted_picture_leads_nowhere(our_files: ObFiles) -> None:
    path, query = await linked(our_files)
    await our_files.delete(path.removeprefix("/files/"))
    with pytest.raises(NotFound):
        await our_files.redeem(path, query)


@pytest.mark.parametrize(
    "change",
    [
        {"expires": "99999999999"},
        {"expires": "soon"},
        {"expires": None},
        {"download": "virus.exe"},
        {"download": None},
        {"signature": None},
        {"signature": ""},
        {"signature": "é" * 43},
        {"signature": "\udcff"},
        {"width": "64"},
        {"Expires": "99999999999"},
    ],
)
async def test_a_link_that_was_changed_leads_nowhere(our_files: ObFiles, change: Mapping[str, str | None]) -> None:
    path, query = await linked(our_files, "fox.png")
    assert (await our_files.redeem(path, query)).body == PNG
    changed = {name: value for name, value in {**query, **change}.items() if value is not None}
    with pytest.raises(NotFound):
        await our_files.redeem(path, changed)


async def test_a_signature_is_for_one_picture_and_one_secret(our_files: ObFiles, clock: Clock, tmp_path: Path) -> None:
    path, query = await linked(our_files)
    other = await our_files.put(b"other", kind="images/3f2a", media_type="image/png")
    with pytest.raises(NotFound):
        await our_files.redeem(f"/files/{other}", query)
    async with at(str(tmp_path / "files"), clock, secret=SECRET + b"!") as files:
        with pytest.raises(NotFound):
            await files.redeem(path, query)


async def test_every_character_of_a_signature_counts(our_files: ObFiles) -> None:
    path, query = await linked(our_files)
    signature = query["signature"]
    for place, letter in enumerate(signature):
        wrong = signature[:place] + ("A" if letter != "A" else "B") + signature[place + 1 :]
        with pytest.raises(NotFound):
            await our_files.redeem(path, {**query, "signature": wrong})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(name=st.text(min_size=1, max_size=300))
async def test_names_to_save_under_are_safe(our_files: ObFiles, name: str) -> None:
    _, query = await linked(our_files, name)
    saved = query["download"]
    assert 0 < len(saved) <= 120
    assert not saved.startswith((".", " "))
    assert not set(saved) & set('\\/:*?"<>|')
    assert not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in saved)


async def test_a_long_name_keeps_its_extension(our_files: ObFiles) -> None:
    _, query = await linked(our_files, f"{'fox ' * 100}.png")
    assert query["download"].endswith(".png")


async def test_facts_lie_beside_the_picture_for_everybody_to_read(clock: Clock, tmp_path: Path) -> None:
    async with at(str(tmp_path), clock) as files:
        key = await files.put(PNG, kind="images/3f2a", media_type="image/png", facts={"prompt": "狐", "seed": "42"})
    assert (tmp_path / key).read_bytes() == PNG
    beside = (tmp_path / f"{key}.json").read_text("utf-8")
    assert json.loads(beside) == {"media_type": "image/png", "facts": {"prompt": "狐", "seed": "42"}}
    assert "狐" in beside


async def test_a_missing_folder_is_made_and_kept_across_openings(clock: Clock, tmp_path: Path) -> None:
    place = tmp_path / "deep er" / "still"
    async with at(str(place), clock) as files:
        key = await files.put(PNG, kind="images", media_type="image/png")
    async with at(place.as_uri(), clock) as files:
        assert (await files.get(key)).body == PNG


async def test_a_folder_that_was_taken_away_is_a_fault(clock: Clock, tmp_path: Path) -> None:
    place = tmp_path / "files"
    async with at(str(place), clock) as files:
        key = await files.put(PNG, kind="images", media_type="image/png")
        place.rename(tmp_path / "elsewhere")
        place.write_text("a file in its place")
        with pytest.raises(StoreFault, match="could not be"):
            await files.ping()
        with pytest.raises(StoreFault, match="could not be kept"):
            await files.put(PNG, kind="images", media_type="image/png")
        with pytest.raises((StoreFault, NotFound)):
            await files.get(key)


async def test_a_bucket_that_is_not_there_is_a_fault(clock: Clock, s3_options: Mapping[str, str]) -> None:
    async with at("s3://no-such-bucket/prefix", clock, s3_options) as files:
        with pytest.raises(StoreFault, match="could not be") as caught:
            await files.ping()
        assert "\n" not in str(caught.value)
        with pytest.raises(StoreFault, match="could not be kept"):
            await files.put(PNG, kind="images", media_type="image/png")


async def test_a_bucket_signs_no_longer_than_buckets_do(bucket: ObFiles) -> None:
    key = await bucket.put(PNG, kind="images", media_type="image/png")
    link = httpx.URL(await bucket.link(key, expires=timedelta(days=365), download="fox.png"))
    assert link.params["X-Amz-Expires"] == "604800"


async def test_a_bucket_keeps_facts_beside_the_picture(bucket: ObFiles) -> None:
    key = await bucket.put(PNG, kind="images", media_type="image/png", facts={"seed": "42"})
    assert (await bucket.get(key)).facts == {"seed": "42"}


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("ftp://host/pictures", "s3://bucket/prefix"),
        ("s3://", "s3://bucket/prefix"),
        ("file://pictures", "three strokes"),
        ("https://example.com/pictures", "s3://bucket/prefix"),
    ],
)
async def test_a_place_that_is_none_is_said_with_its_setting(clock: Clock, place: str, said: str) -> None:
    with pytest.raises(SettingFault, match=said) as caught:
        async with at(place, clock):
            pass
    assert "BOT_FILES_URL" in str(caught.value)


async def test_a_folder_that_cannot_be_made_is_said_with_its_setting(clock: Clock, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(SettingFault, match="BOT_FILES_URL"):
        async with at(str(tmp_path / "taken" / "files"), clock):
            pass
