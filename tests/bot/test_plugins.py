"""Plugins: one file adds a provider, ours or somebody else's."""

import importlib.metadata
from pathlib import Path

import pytest

from bot import plugins
from bot.errors import SettingFault
from tests.flows.process import ROOT
from tests.flows.test_command_line import limner

PAINTBOX = '''
"""Paintbox: one red square, whatever is asked for."""

import io
from contextlib import asynccontextmanager

from PIL import Image

from bot.model import Capabilities, Finished
from bot.plugins import Plugin, PluginSettings


class Settings(PluginSettings):
    colour: str = "red"


class Paintbox:
    name = "paintbox"
    models = {"paintbox": Capabilities(name="paintbox")}

    def __init__(self, colour):
        self._colour = colour

    async def submit(self, request, inputs, *, key):
        body = io.BytesIO()
        Image.new("RGB", (64, 64), self._colour).save(body, "PNG")
        return Finished(images=(body.getvalue(),) * request.count)

    async def check(self, ticket):
        raise NotImplementedError

    async def cancel(self, ticket):
        pass

    async def receive(self, delivery):
        return None


@asynccontextmanager
async def open_it(settings, kit):
    yield Paintbox(settings.colour)


PLUGIN = Plugin(about="One colour", settings=Settings, open=open_it)
'''


def test_a_name_that_is_no_plugin_is_answered_with_those_there_are() -> None:
    with pytest.raises(SettingFault, match="sketch"):
        plugins.load("adapters.providers", "nonesuch", "PLUGIN", group="limner.providers")


async def test_a_third_partys_provider_is_one_file_and_an_entry_point(tmp_path: Path) -> None:
    (tmp_path / "paintbox_limner.py").write_text(PAINTBOX)
    info = tmp_path / "paintbox_limner-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: paintbox-limner\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[limner.providers]\npaintbox = paintbox_limner:PLUGIN\n")
    found = importlib.metadata.distributions(path=[str(tmp_path)])
    assert [entry.name for one in found for entry in one.entry_points] == ["paintbox"]
    path = f"{ROOT}:{tmp_path}"
    settings = {"PYTHONPATH": path, "BOT_PROVIDERS": "paintbox", "PAINTBOX_COLOUR": "blue"}
    run = await limner(tmp_path, "imagine", "a blue square", "--out", str(tmp_path / "out"), settings=settings)
    assert run.status == 0, run.err
    assert len(list((tmp_path / "out").glob("*.png"))) == 1
    listed = await limner(tmp_path, "providers", settings=settings)
    assert "paintbox" in listed.out
