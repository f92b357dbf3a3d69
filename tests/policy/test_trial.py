"""`limner policy test`: an answer a line, in order, whatever the lines are, as a channel with the default policy would get it."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.model import Level
from bot.moderation.trial import judge, lines_of, open_panel
from tests.flows.story import open_story
from tests.policy.corpus import wordings

LINES = b"a red fox\n\nn4ked w0man\r\ncaf\xe9 noir\n\xff\xfe\x00\ncall +49 30 901820\n" + b"x" * 100_000 + b"\nDonald Trump in handcuffs"


def run(*arguments: str, folder: Path, said: bytes = LINES) -> subprocess.CompletedProcess[bytes]:
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}  # noqa: TID251 - a child process needs these
    environment["PYTHONPATH"] = str(Path(__file__).parent.parent.parent)
    return subprocess.run(  # noqa: S603 - our own interpreter with our own arguments
        [sys.executable, "-m", "bot", "policy", "test", *arguments],
        input=said,
        capture_output=True,
        check=False,
        cwd=folder,
        env=environment,
        timeout=60,
    )


def test_every_line_gets_an_answer_in_order(tmp_path: Path) -> None:
    done = run("--json", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["verdict"] for answer in answers] == ["allow", "allow", "block", "allow", "allow", "allow", "allow", "block"]
    assert (answers[2]["category"], answers[2]["source"].split("/")[-1], answers[2]["score"]) == ("sexual", "sexual", 1.0)
    assert (answers[5]["category"], answers[5]["consequence"]) == ("personal", "mask")
    assert answers[7]["category"] == "deception"
    assert all({"verdict", "category", "source", "score"} <= answer.keys() for answer in answers)
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


def test_nothing_asked_is_nothing_answered_and_without_json_it_reads_plainly(tmp_path: Path) -> None:
    assert run("--json", folder=tmp_path, said=b"").stdout == b""
    assert run(folder=tmp_path, said=b"a nude woman\n").stdout.startswith(b"block sexual ")
    assert run("--json", "--restricted", folder=tmp_path, said=b"a nude woman\n").stdout.startswith(b'{"verdict": "blur"')


def test_a_layer_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    done = run("--also", "nobody", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1
    assert b"nobody" in done.stderr


def test_lines_are_read_in_whatever_encoding() -> None:
    assert list(lines_of(io.BytesIO(b"\xef\xbb\xbfa\n\n\xe9\r\nb"))) == ["a", "", "é", "b"]
    assert list(lines_of(io.BytesIO(b""))) == []


@pytest.mark.parametrize("channel", ["general", "after-dark"])
async def test_a_trial_says_what_a_channel_would(tmp_path: Path, channel: str) -> None:
    some = [wording.text for wording in wordings()[::9]]
    async with open_story(tmp_path, working=False) as story, open_panel() as panel:
        said = [answer async for answer in judge(panel, some, restricted=channel == "after-dark")]
        for text, answer in zip(some, said, strict=True):
            verdict = await story.app.jobs.panel.prompt(story.person("grace"), story.place(channel), text)
            assert Level[str(answer["verdict"]).upper()] is verdict.level, text
