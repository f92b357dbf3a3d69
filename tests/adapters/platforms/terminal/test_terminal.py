"""Files to download on the command line: written into the folder, with their paths on standard output."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.platforms.terminal import TerminalSettings, open_terminal
from bot.errors import PlatformFault
from bot.model import Content, Document, Message, Person, Picture, Place
from bot.plugins import Kit
from tests.adapters.platforms.playground.stage import PUBLIC, StageFiles
from tests.contracts.vaults import MemoryVault

HERE = Place(platform="terminal", workspace="", channel="terminal", direct=True)
GRACE = Person(platform="terminal", workspace="", id="grace")


def kit(folder: Path) -> Kit:
    files = StageFiles()
    files.contents["exports/a"] = Content(body=b"who,what\n", media_type="text/csv")
    return Kit(folder=folder, now=lambda: datetime.now(UTC), link=files.link, read=files.read, public_url=PUBLIC, vault=MemoryVault())


async def test_a_document_is_written_and_its_path_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    said = Message(
        text="Here it is.", documents=(Document(key="exports/a", name="Audit of May.csv"), Document(key="exports/a", name="../x"))
    )
    async with open_terminal(TerminalSettings(out=out), kit(tmp_path)) as terminal:
        await terminal.whisper(GRACE, HERE, said)
        await terminal.post(HERE, said, key="audit")
    paths = [out / "audit-of-may.csv", out / "x"]
    assert capsys.readouterr().out.split() == [str(path) for path in paths] * 2
    assert [path.read_bytes() for path in paths] == [b"who,what\n"] * 2
    assert sorted(out.iterdir()) == sorted(paths)


async def test_a_chart_that_is_whispered_is_written_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chart = Picture(key="exports/a", alt="Images by day: 3, 5, 8", title="May", width=64, height=48)
    async with open_terminal(TerminalSettings(out=tmp_path / "out"), kit(tmp_path)) as terminal:
        await terminal.whisper(GRACE, HERE, Message(text="3, 5 and 8 images.", title="Use", pictures=(chart,)))
    assert Path(capsys.readouterr().out.strip()).read_bytes() == b"who,what\n"


async def test_a_folder_that_cannot_be_written_to_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    async with open_terminal(TerminalSettings(out=tmp_path / "file"), kit(tmp_path)) as terminal:
        with pytest.raises(PlatformFault, match="The file cannot be written"):
            await terminal.whisper(GRACE, HERE, Message(text="x", documents=(Document(key="exports/a", name="a.csv"),)))
