"""Strange files as a picture to start from: each is refused with a sentence of its own, and nothing is drawn in its place."""

import io
import struct
import zlib
from pathlib import Path

from PIL import Image

from tests.wire.chats import Chat
from tests.wire.story import open_story


async def test_what_is_no_picture_is_refused_by_its_kind_and_nothing_is_drawn(tmp_path: Path, chat: Chat) -> None:
    files = {
        "huge.png": (_huge(), "12,000 × 12,000 pixels"),
        "cut.jpg": (_noise()[:3000], "cut off"),
        "page.png": (b"<!doctype html><html><body>Sign in</body></html>", "web page"),
        "heavy.png": (b"\x89PNG\r\n\x1a\n" + bytes(26 * 2**20), "25 MB"),
        "empty.png": (b"", "empty"),
        "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture"),
        "moves.gif": (_moving(), "moves"),
    }
    async with open_story(tmp_path, chat) as story:
        for name, (content, said) in files.items():
            before = len(chat.directs("ada"))
            await chat.direct("ada", "imagine a fox", files={name: content})
            [answer] = await story.sees(lambda before=before: [one for one in chat.directs("ada")[before:] if "will not do" in one.text])
            assert said in answer.text, name
            assert "does not count" in answer.text
        assert not await story.known()
        assert not [line for line in story.log.lines if line["level"] != "info"], "what people attach is no trouble of the bot's"


async def test_other_files_are_no_pictures_and_are_left_alone(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        await chat.direct("ada", "imagine a fox", files={"notes.txt": b"about foxes"})
        assert not (await story.done(await story.job())).request.sources


def _huge() -> bytes:
    """A PNG of 18 KB that would fill 144 million pixels."""
    side, press = 12_000, zlib.compressobj(9)
    rows = b"".join(press.compress(bytes(1 + side // 8)) for _ in range(side)) + press.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _noise() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((400, 300), 50).save(file, "JPEG")
    return file.getvalue()


def _moving() -> bytes:
    file = io.BytesIO()
    frames = [Image.new("RGB", (64, 64), (shade * 9, 0, 0)) for shade in range(20)]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    return file.getvalue()
