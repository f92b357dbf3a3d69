"""Repainting, extending and cutting out on Slack and on Discord: forms with a mask, buttons of the details, pictures beside a mention."""

import io
from pathlib import Path

from PIL import Image, ImageDraw

from bot.model import Operation
from tests.bench.easel import png
from tests.wire.chats import Chat
from tests.wire.story import open_story


def mask(size: int = 64) -> bytes:
    """White on its left half."""
    image = Image.new("L", (size, size), 0)
    ImageDraw.Draw(image).rectangle((0, 0, size // 2, size), fill=255)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


async def test_a_part_is_repainted_by_a_form_with_a_mask(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        first = await story.draw("a meadow", count=2)
        known = await story.known()
        assert not (await chat.command("ivy", "repaint", job=first.id, image=2, prompt="a red house")).failed
        form = await story.form("ivy")
        assert form.values["Prompt"] == "a red house"
        assert not (await chat.submit("ivy", form, {"Prompt": "a red house"}, files={"mask.png": mask()})).failed
        job = await story.done(await story.job(known))
        assert (job.request.operation, job.request.prompt) == (Operation.INPAINT, "a red house")
        assert job.parent is not None
        assert (job.parent.job, job.parent.index) == (first.id, 2)
        assert "a red house" in (await story.shown(job.id)).alts[0]


async def test_a_mention_with_a_mask_repaints_and_one_with_a_picture_cuts_out(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        first = await story.draw("a meadow")
        known = await story.known()
        await chat.mention("ivy", f"repaint {first.id} a red house", files={"mask.png": mask(200)})
        job = await story.done(await story.job(known))
        assert (job.request.operation, job.request.size) == (Operation.INPAINT, (first.images[0].width, first.images[0].height))
        known = await story.known()
        await chat.mention("ivy", "cutout", files={"fox.png": png(96)})
        cut = await story.done(await story.job(known))
        assert (cut.request.operation, cut.parent) == (Operation.REMOVE_BACKGROUND, None)


async def test_the_details_extend_and_cut_out(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        first = await story.draw("a meadow")
        await chat.press("ivy", await story.shown(first.id), "Details")
        details = await story.whispered("ivy", "Prompt", "a meadow")
        known = await story.known()
        assert not (await chat.press("ivy", details, "Extend")).failed
        form = await story.form("ivy")
        assert not (await chat.submit("ivy", form, {"Aspect ratio": "2:1"})).failed
        wide = await story.done(await story.job(known))
        assert (wide.request.operation, wide.images[0].width, wide.images[0].height) == (
            Operation.OUTPAINT,
            first.images[0].height * 2,
            first.images[0].height,
        )
        known = await story.known()
        assert not (await chat.press("ivy", details, "Cut out")).failed
        assert (await story.done(await story.job(known))).request.operation is Operation.REMOVE_BACKGROUND


async def test_a_mask_that_marks_nothing_is_said_and_counts_for_nothing(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        first = await story.draw("a meadow", who="ivy")
        await chat.command("ivy", "repaint", job=first.id)
        form = await story.form("ivy")
        dark = io.BytesIO()
        Image.new("L", (64, 64), 0).save(dark, "PNG")
        deed = await chat.submit("ivy", form, {"Prompt": "a red house"}, files={"mask.png": dark.getvalue()})
        if chat.name == "discord":
            await story.whispered("ivy", "marks nothing")
        else:
            assert "marks nothing" in str(deed.raw)
        assert await story.used("ivy") == 1
