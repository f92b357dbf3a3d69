"""The command line, started as a user starts it, from whatever folder."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from tests.flows.process import ROOT, get, started
from tests.flows.story import eventually

pytestmark = pytest.mark.slow


@dataclass(frozen=True, kw_only=True)
class Run:
    status: int
    out: str
    err: str


async def limner(folder: Path, *words: str, settings: Mapping[str, str] | None = None) -> Run:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("BOT_", "SKETCH_"))}  # noqa: TID251 - a child process needs PATH and HOME
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *words,
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "SKETCH_PIXELS": "65536", **(settings or {})},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return Run(status=process.returncode or 0, out=out.decode(), err=err.decode())


def pixels(folder: Path) -> bytes:
    (file,) = folder.iterdir()
    with Image.open(file) as image:
        return image.tobytes()


async def test_imagine_run_twice_gives_the_same_pixels_and_leaves_nothing_else(tmp_path: Path) -> None:
    for out in ("one", "two"):
        run = await limner(tmp_path, "imagine", "a red fox", "--seed", "42", "--ar", "1:1", "--out", f"{out}/")
        assert run.status == 0, run.err
        assert str(next((tmp_path / out).iterdir()).name) in run.out
    assert pixels(tmp_path / "one") == pixels(tmp_path / "two")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


async def test_inspect_prints_everything_that_the_picture_says(tmp_path: Path) -> None:
    prompt = "a very long prompt about a lighthouse " * 40 + "مرحبا 🦊"
    run = await limner(tmp_path, "imagine", prompt, "--seed", "7", "--no", "birds", "--steps", "12", "--out", "out")
    assert run.status == 0, run.err
    (file,) = (tmp_path / "out").iterdir()
    record = json.loads((await limner(tmp_path, "inspect", str(file), "--json")).out)
    assert record["prompt"] == " ".join(prompt.split())
    assert (record["seed"], record["steps"], record["negative"]) == (7, 12, "birds")
    assert "cost_usd" in record
    assert "lighthouse" in (await limner(tmp_path, "inspect", str(file))).out


async def test_what_cannot_be_drawn_ends_with_one_sentence_and_a_status(tmp_path: Path) -> None:
    for words, settings, expected in (
        (["imagine", "a n4ked woman"], {}, "not count"),
        (["imagine", "a fox", "--count", "99"], {}, "1 to 10"),
        (["imagine", "a fox", "--model", "nonesuch"], {}, "sketch"),
        (["imagine", "a fox"], {"SKETCH_FAIL": "server_error"}, "did not count"),
        (["imagine", "a fox"], {"BOT_PROVIDERS": "nonesuch"}, "nonesuch"),
        (["inspect", "pyproject.toml"], {}, "cannot be read"),
        (["imagine", "a fox", "--count", "0"], {}, "did not count"),
        (["imagine", "help"], {}, "imagine --help"),
        (["run"], {"BOT_HTTP_PORT": "eighty"}, "BOT_HTTP_PORT"),
        (["run"], {"BOT_DATABASE_URL": "sqlite:////proc/nowhere/limner.db"}, "cannot be written to"),
        (["migrate"], {"BOT_DATABASE_URL": "sqlite:////proc/nowhere/limner.db"}, "cannot be written to"),
    ):
        run = await limner(tmp_path, *words, settings=settings)
        assert run.status != 0, words
        assert expected in run.err, (words, run.err)
        assert "Traceback" not in run.err
        assert not list(tmp_path.rglob("*.png"))


async def test_a_terminal_that_knows_ascii_alone_does_not_cost_the_picture(tmp_path: Path) -> None:
    run = await limner(tmp_path, "imagine", "füchse 🦊", "--ar", "1:1", "--out", "out", settings={"PYTHONIOENCODING": "ascii"})
    assert run.status == 0, run.err
    assert len(list((tmp_path / "out").iterdir())) == 1


async def test_a_stopped_drawing_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    for name in (signal.SIGINT, signal.SIGTERM):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "SKETCH_DELAY": "60", "TMPDIR": str(tmp_path)}  # noqa: TID251 - as above
        words = (sys.executable, "-m", "bot", "imagine", "a fox")
        process = await asyncio.create_subprocess_exec(*words, cwd=tmp_path, env=environment, stderr=asyncio.subprocess.PIPE)
        await eventually(lambda: _journal(tmp_path))
        process.send_signal(name)
        async with asyncio.timeout(20):
            _, err = await process.communicate()
        assert process.returncode == 1, name
        assert b"did not count" in err
        assert b"Traceback" not in err
        assert list(tmp_path.iterdir()) == []


async def _journal(folder: Path) -> bool:
    """Whether the drawing has begun to keep things."""
    return any(folder.glob("limner-*/files"))


async def test_a_pictures_words_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("limner", json.dumps({"limner": 1, "prompt": "fox \x1b[31m \x9b2J \u202e \ud800 🦊", "request": {"prompt": "fox"}}))
    Image.new("RGB", (8, 8)).save(tmp_path / "fox.png", pnginfo=info)
    for words in (["inspect", "fox.png"], ["inspect", "fox.png", "--json"]):
        run = await limner(tmp_path, *words)
        assert run.status == 0, run.err
        assert not any(mark in run.out for mark in ("\x1b", "\x9b", "\u202e"))
        assert "🦊" in run.out


async def test_doctor_says_what_is_well_and_what_to_mend(tmp_path: Path) -> None:
    well = await limner(tmp_path, "doctor")
    assert well.status == 0, well.out
    assert all(subject in well.out for subject in ("database", "files", "sketch", "playground"))
    ill = await limner(tmp_path, "doctor", settings={"BOT_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "BOT_PROVIDER": "x"})
    assert ill.status == 1
    assert "BOT_PROVIDERS" in ill.out


async def test_run_serves_health_and_ends_with_zero_on_sigterm(tmp_path: Path) -> None:
    async with started(tmp_path, SKETCH_DELAY="30") as process, process.chat("ada") as chat:
        answer = await chat.say("/imagine a slow ship")
        assert answer["job"]
        assert (await get(f"{process.address}/healthz")).status_code == 200
        ready = (await get(f"{process.address}/readyz")).json()
        assert ready["ready"], ready
        metrics = (await get(f"{process.address}/metrics")).text
        assert "limner_jobs{" in metrics
        assert "slow ship" not in (tmp_path / "log").read_text(), "no prompt at info level"
        async with asyncio.timeout(30):
            assert await process.terminate() == 0


async def test_a_second_signal_stops_at_once(tmp_path: Path) -> None:
    async with started(tmp_path, SKETCH_MODE="sync", SKETCH_DELAY="60", BOT_GRACE="25") as process, process.chat("ada") as chat:
        assert (await chat.say("/imagine a slow ship"))["job"]
        await asyncio.sleep(0.3)
        process.process.send_signal(signal.SIGTERM)
        process.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.7)
        assert process.process.returncode is None, "an echo of the first signal is no second one"
        process.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            await process.process.wait()


async def test_two_bots_do_not_share_one_sqlite_file(tmp_path: Path) -> None:
    async with started(tmp_path):
        run = await limner(tmp_path, "run", settings={"BOT_DATABASE_URL": f"sqlite:///{tmp_path}/limner.db", "BOT_HTTP_PORT": "0"})
    assert run.status == 1
    assert "Another Limner" in run.err


async def test_doctor_looks_in_while_the_bot_runs(tmp_path: Path) -> None:
    async with started(tmp_path):
        run = await limner(tmp_path, "doctor", settings={"BOT_DATABASE_URL": f"sqlite:///{tmp_path}/limner.db"})
    assert run.status == 0, run.out + run.err
    assert "MEND" not in run.out


async def test_a_platform_without_a_manifest_says_so(tmp_path: Path) -> None:
    for platform, sentence in (("playground", "playground takes no manifest"), ("irc", "no platform called 'irc'")):
        run = await limner(tmp_path, "manifest", platform)
        assert (run.status, run.out) == (1, "")
        assert sentence in run.err
        assert "Traceback" not in run.err


async def test_a_hangup_reads_the_keys_again_and_ends_nothing(tmp_path: Path) -> None:
    async with started(tmp_path) as process, process.chat("ada") as chat:
        process.process.send_signal(signal.SIGHUP)
        assert (await chat.say("/imagine a small boat"))["job"]
        assert process.process.returncode is None
