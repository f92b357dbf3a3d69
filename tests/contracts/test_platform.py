"""The contract of a chat platform, held by every one of them."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import PlatformFault
from bot.model import Document, Message, Post
from bot.ports import ChatPlatform
from tests.contracts.platforms import RIGS, Rig


@pytest.fixture(params=sorted(RIGS))
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Rig]:
    async with RIGS[request.param](tmp_path) as made:
        yield made


def says(text: str) -> Message:
    return Message(text=text)


async def begin_thread(platform: ChatPlatform, post: Post) -> None:
    """Open a thread and say something there: where threads have no name, one begins with its first reply."""
    await platform.post(await platform.open_thread(post, "hello"), says("hello"), key="reply")


async def test_same_key_gives_the_same_post(rig: Rig) -> None:
    async with rig.open() as platform:
        first = await platform.post(rig.place, says("hello"), key="job:card")
        second = await platform.post(rig.place, says("hello again"), key="job:card")
        assert first == second
        assert await rig.seen(platform, rig.one, rig.place) == ["hello"]


async def test_same_key_gives_the_same_post_across_a_restart(rig: Rig) -> None:
    async with rig.open() as platform:
        first = await platform.post(rig.place, says("hello"), key="job:card")
    async with rig.open() as platform:
        assert await platform.post(rig.place, says("hello"), key="job:card", again=True) == first
        assert await rig.seen(platform, rig.one, rig.place) == ["hello"]


async def test_an_earlier_try_that_never_landed_is_made_good(rig: Rig) -> None:
    async with rig.open() as platform:
        await platform.post(rig.place, says("another"), key="other:card")
        await platform.post(rig.place, says("hello"), key="job:card", again=True)
        assert await rig.seen(platform, rig.one, rig.place) == ["another", "hello"]


async def test_a_result_is_found_again_in_its_thread(rig: Rig) -> None:
    async with rig.open() as platform:
        card = await platform.post(rig.place, says("card"), key="job:card")
        thread = await platform.open_thread(card, "a red fox")
        first = await platform.post(thread, says("four images"), key="job:result")
    async with rig.open() as platform:
        assert await platform.post(thread, says("four images"), key="job:result", again=True) == first
        assert await rig.seen(platform, rig.one, thread) == ["four images"]


async def test_same_key_at_the_same_time_gives_one_post(rig: Rig) -> None:
    async with rig.open() as platform:
        posts = await asyncio.gather(*(platform.post(rig.place, says("hello"), key="job:card") for _ in range(10)))
        assert len({post.id for post in posts}) == 1
        assert await rig.seen(platform, rig.one, rig.place) == ["hello"]


async def test_other_key_gives_another_post(rig: Rig) -> None:
    async with rig.open() as platform:
        first = await platform.post(rig.place, says("one"), key="one")
        second = await platform.post(rig.place, says("two"), key="two")
        assert first != second
        assert await rig.seen(platform, rig.one, rig.place) == ["one", "two"]


async def test_an_edit_replaces_and_may_be_repeated(rig: Rig) -> None:
    async with rig.open() as platform:
        post = await platform.post(rig.place, says("drawing"), key="card")
        for text in ("done", "done"):
            await platform.edit(post, says(text))
            assert await rig.seen(platform, rig.one, rig.place) == ["done"]


async def test_a_post_can_be_edited_after_a_restart(rig: Rig) -> None:
    async with rig.open() as platform:
        post = await platform.post(rig.place, says("drawing"), key="card")
    async with rig.open() as platform:
        await platform.edit(post, says("done"))
        assert await rig.seen(platform, rig.one, rig.place) == ["done"]


async def test_a_thread_is_made_once(rig: Rig) -> None:
    async with rig.open() as platform:
        post = await platform.post(rig.place, says("card"), key="card")
        thread = await platform.open_thread(post, "a red fox")
        assert await platform.open_thread(post, "a red fox") == thread
        assert thread.thread is not None
    async with rig.open() as platform:
        assert await platform.open_thread(post, "a red fox") == thread


async def test_a_reply_lands_in_the_thread_and_not_in_the_channel(rig: Rig) -> None:
    async with rig.open() as platform:
        post = await platform.post(rig.place, says("card"), key="card")
        thread = await platform.open_thread(post, "a red fox")
        await platform.post(thread, says("four images"), key="result")
        assert await rig.seen(platform, rig.one, thread) == ["four images"]
        assert await rig.seen(platform, rig.one, rig.place) == ["card"]


async def test_the_thread_of_a_reply_is_the_thread_it_is_in(rig: Rig) -> None:
    async with rig.open() as platform:
        thread = await platform.open_thread(await platform.post(rig.place, says("card"), key="card"), "a red fox")
        reply = await platform.post(thread, says("four images"), key="result")
        assert await platform.open_thread(reply, "again") == thread


async def test_a_whisper_is_seen_by_one_person_only(rig: Rig) -> None:
    async with rig.open() as platform:
        await platform.whisper(rig.one, rig.place, says("only you"))
        assert await rig.seen(platform, rig.one, rig.place) == ["only you"]
        assert await rig.seen(platform, rig.other, rig.place) == []


@pytest.mark.parametrize("kept", [True, False])
async def test_a_document_reaches_one_person_and_one_that_is_gone_costs_no_message(rig: Rig, *, kept: bool) -> None:
    key = rig.files.put(b"who,what\n", "text/csv") if kept else "exports/gone.csv"
    paper = Document(key=key, name="audit.csv", title="Audit of May", media_type="text/csv")
    async with rig.open() as platform:
        await platform.whisper(rig.one, rig.place, Message(text="only you", documents=(paper,)))
        (seen,) = await rig.seen(platform, rig.one, rig.place)
        assert seen.startswith("only you")
        assert await rig.seen(platform, rig.other, rig.place) == []
        assert (b"who,what\n" in await rig.papers(platform, rig.one)) is kept


async def test_a_fetched_file_is_what_was_sent(rig: Rig) -> None:
    async with rig.open() as platform:
        attachment = await rig.attach(platform, b"\x89PNG\r\n\x1a\n and more")
        assert await platform.fetch(attachment) == b"\x89PNG\r\n\x1a\n and more"


async def test_what_is_not_there_is_a_lasting_fault(rig: Rig) -> None:
    async with rig.open() as platform:
        post = await platform.post(rig.place, says("card"), key="card")
        lost = Post(place=rig.place, id=rig.gone)
        for attempt in (
            platform.post(rig.nowhere, says("hello"), key="nowhere"),
            platform.post(replace(rig.place, thread=rig.gone), says("hello"), key="no thread"),
            platform.whisper(rig.one, rig.nowhere, says("hello")),
            platform.edit(lost, says("hello")),
            begin_thread(platform, lost),
            platform.fetch(rig.lost),
        ):
            with pytest.raises(PlatformFault) as fault:
                await attempt
            assert fault.value.permanent
            assert fault.value.sentence.endswith((".", "again."))
        assert await rig.seen(platform, rig.one, rig.place) == ["card"]
        assert post.place == rig.place


async def test_a_platform_is_ready_only_while_it_runs(rig: Rig) -> None:
    async with rig.open() as platform:
        assert platform.ready
    assert not platform.ready
