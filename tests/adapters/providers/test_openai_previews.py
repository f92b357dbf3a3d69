"""Previews of OpenAI: what is heard while a call is on its way, and where it is shown."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.errors import FaultKind, ProviderFault
from bot.model import Operation, Pending, Request, State
from tests.adapters.providers.images_api import Rig, only, open_rig, picture
from tests.bench.easel import png
from tests.contracts.services import openai as service
from tests.contracts.vendor import Says, Vendor, open_vendor
from tests.flows.story import eventually, open_story

PICTURE, PREVIEW = png(64), png(32)
ASKED = Request(prompt="a small boat", size=(1024, 1024), model="gpt-image-2")


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        opened.on("POST", service.IMAGES, service.answer([PICTURE]))
        yield opened


async def fault_of(rig: Rig) -> ProviderFault:
    with pytest.raises(ProviderFault) as fault:
        await rig.draw(ASKED)
    return fault.value


@pytest.fixture
async def watched(vendor: Vendor, tmp_path: Path) -> AsyncGenerator[Rig]:
    async with open_rig(service.SERVICE, vendor, tmp_path, OPENAI_PREVIEWS="2") as opened:
        yield opened


def partial(picture: bytes, index: int) -> Mapping[str, Any]:
    return {**service.PARTIAL, "b64_json": service.packed(picture), "partial_image_index": index}


async def test_previews_are_shown_on_the_way_by_the_calls_key(vendor: Vendor, watched: Rig) -> None:
    completed = {**service.COMPLETED, "b64_json": service.packed(PICTURE)}
    vendor.on("POST", service.IMAGES, service.stream(partial(PREVIEW, 0), partial(PICTURE, 1), completed))
    finished = await watched.draw(ASKED)
    asked = only(vendor)
    assert (asked["stream"], asked["partial_images"]) == (True, 2)
    assert [(key, shown.stage, shown.preview) for key, shown in watched.shown] == [
        ("7kq2mw9x-1", "preview 1", PREVIEW),
        ("7kq2mw9x-1", "preview 2", PICTURE),
    ]
    assert finished.images == (PICTURE,)
    assert finished.cost == Decimal("0.05574"), "the preview's hundred tokens are in it"


async def test_an_edit_is_streamed_too(vendor: Vendor, watched: Rig) -> None:
    kinds = ("image_edit.partial_image", "image_edit.completed")
    half, whole = ({**partial(each, 0), "type": kind} for each, kind in zip((PREVIEW, PICTURE), kinds, strict=True))
    vendor.on("POST", service.IMAGES, service.stream(half, whole))
    finished = await watched.draw(replace(ASKED, operation=Operation.EDIT), picture())
    assert (finished.images, len(watched.shown)) == ((PICTURE,), 1)
    assert vendor.heard("POST")[0].parts["stream"] == [b"true"]


async def test_a_preview_is_seen_before_the_answer_is_whole(vendor: Vendor, watched: Rig) -> None:
    vendor.on("POST", service.IMAGES, replace(service.stream(partial(PREVIEW, 0), *[partial(PREVIEW, 1)] * 3), breaks=True))
    assert (await fault_of(watched)).accepted, "it broke off in the middle"
    assert watched.shown[0][1].preview == PREVIEW


async def test_several_pictures_are_not_streamed(vendor: Vendor, watched: Rig) -> None:
    vendor.on("POST", service.IMAGES, service.answer([PICTURE, PREVIEW]))
    assert (await watched.draw(replace(ASKED, count=2))).images == (PICTURE, PREVIEW)
    assert "stream" not in only(vendor)


async def test_an_answer_that_is_no_stream_after_all_is_read_as_it_is(watched: Rig) -> None:
    assert (await watched.draw(ASKED)).images == (PICTURE,)
    assert watched.shown == []


@pytest.mark.parametrize("param", ["stream", "partial_images"])
async def test_a_model_without_previews_is_asked_once_more_and_then_never_again(vendor: Vendor, watched: Rig, param: str) -> None:
    error = {"error": {**service.ERROR["error"], "param": param}}
    vendor.on("POST", service.IMAGES, Says(status=400, json=error), service.answer([PICTURE]))
    assert (await watched.draw(ASKED)).images == (PICTURE,)
    assert (await watched.draw(ASKED)).images == (PICTURE,)
    assert ["stream" in asked.json for asked in vendor.heard("POST")] == [True, False, False]


async def test_another_bad_request_is_not_asked_again(vendor: Vendor, watched: Rig) -> None:
    error = {"error": {**service.ERROR["error"], "param": "size"}}
    vendor.on("POST", service.IMAGES, Says(status=400, json=error))
    assert (await fault_of(watched)).kind is FaultKind.BAD_REQUEST
    assert len(vendor.heard("POST")) == 1


async def test_a_stream_that_ends_without_a_picture_is_a_bad_result_that_may_be_billed(vendor: Vendor, watched: Rig) -> None:
    vendor.on("POST", service.IMAGES, service.stream(partial(PREVIEW, 0)))
    fault = await fault_of(watched)
    assert (fault.kind, fault.accepted) == (FaultKind.BAD_RESULT, True)


async def test_an_error_in_the_stream_is_out_of_order_and_may_be_billed(vendor: Vendor, watched: Rig) -> None:
    vendor.on("POST", service.IMAGES, service.stream(partial(PREVIEW, 0), {"type": "error", **service.ERROR}))
    fault = await fault_of(watched)
    assert (fault.kind, fault.accepted) == (FaultKind.UNAVAILABLE, True)


@pytest.mark.parametrize("content", [None, 7, "!", ""])
async def test_a_preview_that_cannot_be_read_is_left_out(vendor: Vendor, watched: Rig, content: object) -> None:
    completed = {**service.COMPLETED, "b64_json": service.packed(PICTURE)}
    vendor.on("POST", service.IMAGES, service.stream({**service.PARTIAL, "b64_json": content}, completed))
    assert (await watched.draw(ASKED)).images == (PICTURE,)
    assert watched.shown == []


async def test_the_card_shows_a_preview_while_the_call_is_on_its_way(vendor: Vendor, tmp_path: Path) -> None:
    more = asyncio.Event()
    completed = {**service.COMPLETED, "b64_json": service.packed(PICTURE)}
    # Half of the body holds the first two previews.
    vendor.on("POST", service.IMAGES, replace(service.stream(*(partial(PREVIEW, index) for index in range(3)), completed), halts=more))
    async with open_story(tmp_path, service.settings(vendor), BOT_PROVIDERS="openai") as story:
        answer = await story.say("/imagine a small boat --model gpt-image-2")

        async def previewed() -> Mapping[str, Any] | None:
            if not await story.app.store.posts(answer.job):
                return None
            card = await story.card(answer.job)
            return card if card.get("pictures") else None

        card = await eventually(previewed)
        assert card["body"] == "Drawing · preview 2"
        assert (await story.app.store.find(answer.job)).ticket is None, "nothing that another process could not take up"
        more.set()
        await story.until(answer.job, State.DELIVERED)
        assert (await story.shown(answer.job)).images


async def test_a_preview_that_comes_late_changes_nothing(vendor: Vendor, tmp_path: Path) -> None:
    async with open_story(tmp_path, service.settings(vendor), BOT_PROVIDERS="openai") as story:
        job = await story.drawn("/imagine a small boat --model gpt-image-2")

        async def left() -> bool:
            return job.id not in story.app.drawer._at_work  # pyright: ignore[reportPrivateUsage] - nobody tells when a handler has left

        assert await eventually(left)
        story.app.drawer.follow(f"{job.id}-1", Pending(ticket="", stage="late", preview=PREVIEW))
        assert job.id not in story.app.teller._live  # pyright: ignore[reportPrivateUsage] - what would be shown next
