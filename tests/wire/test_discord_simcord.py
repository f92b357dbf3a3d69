"""A second opinion on Discord: simcord, a backend for discord.py by other people, sees the same as the small server of our own."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import simcord
from pydantic import SecretStr

from adapters.platforms.discord import DiscordSettings, menu
from adapters.platforms.discord.answers import Whispers
from adapters.platforms.discord.client import LimnerClient
from adapters.platforms.discord.desk import Desk
from adapters.platforms.discord.inbound import Reader
from adapters.platforms.discord.outside import Outside
from adapters.platforms.discord.posts import Posts
from bot.model import Action, Answer, Field, Form, Message, Origin, Place, Role
from tests.wire.discord_life import MENU, Script
from tests.wire.discord_sender import CARD, Shelf

FORM = Form(title="Create an image", line="imagine", fields=(Field(name="prompt", label="Prompt", value="a boat", long=True),))


@dataclass(kw_only=True)
class Opinion:
    env: simcord.Env
    hub: Script
    posts: Posts
    ada: simcord.MemberActor
    general: simcord.ChannelHandle

    @property
    def place(self) -> Place:
        return Place(platform="discord", workspace=str(self.ada.guild.id), channel=str(self.general.id))


@asynccontextmanager
async def open_opinion() -> AsyncGenerator[Opinion]:
    settings = DiscordSettings(token=SecretStr("simcord.fake.token"))  # pyright: ignore[reportCallIssue] - pydantic gives the defaults
    kit, hub = Shelf().kit(), Script()
    client = LimnerClient(settings, kit.vault, menu.commands(MENU), shard_count=1)
    posts = Posts(client, kit)
    async with asyncio.TaskGroup() as tasks, simcord.run(client) as env:
        outside, whispers = Outside(client, posts, kit.vault), Whispers(posts)
        client.ears = Desk(client, posts, outside, whispers, reader=Reader(settings), menu=MENU, hub=hub, tasks=tasks)
        guild = env.create_guild()
        general = guild.create_text_channel("general")
        yield Opinion(env=env, hub=hub, posts=posts, ada=guild.add_member(env.create_user("ada")), general=general)


def words(component: Mapping[str, Any]) -> str:
    """All text in a component."""
    inner: list[Mapping[str, Any]] = [*component.get("components", ())]
    return str(component.get("content", "")) + "".join(words(each) for each in inner)


async def test_it_registers_every_command_and_shows_members_what_is_theirs() -> None:
    async with open_opinion() as opinion:
        shown = opinion.ada.available_commands(opinion.general)
        assert set(shown) == {spec.name for spec in MENU if not spec.hidden and spec.role is Role.MEMBER}


async def test_it_sends_a_command_with_its_options() -> None:
    async with open_opinion() as opinion:
        opinion.hub.says(Answer(whisper=Message(text="You have none left.", body="You have none left.")))
        said = await opinion.ada.slash(opinion.general, "imagine", prompt="a boat", count=2)
        [invocation] = opinion.hub.heard
        assert invocation.options == {"prompt": "a boat", "count": 2}
        assert (said.acknowledged, said.ephemeral) == (True, True)
        assert said.response is not None
        assert "You have none left." in "".join(words(each) for each in said.response.components)


async def test_it_refuses_what_is_out_of_range() -> None:
    async with open_opinion() as opinion:
        try:
            await opinion.ada.slash(opinion.general, "imagine", prompt="a boat", count=99)
        except simcord.OptionError:
            assert opinion.hub.heard == []
        else:
            raise AssertionError("99 images were let through")


async def test_it_presses_a_button() -> None:
    async with open_opinion() as opinion:
        action = Action(label="Vary 1", line="vary 7kq2mw9x 1")
        post = await opinion.posts.post(opinion.place, Message(text="card", body="card", actions=(action,)), key=CARD)
        message = opinion.general.last_message
        assert message is not None
        await opinion.ada.click(message, label="Vary 1")
        [invocation] = opinion.hub.heard
        assert (invocation.origin, invocation.line, invocation.post) == (Origin.BUTTON, "vary 7kq2mw9x 1", post)


async def test_it_fills_in_a_form() -> None:
    async with open_opinion() as opinion:
        opinion.hub.says(Answer(form=FORM))
        shown = await opinion.ada.slash(opinion.general, "imagine")
        assert shown.modal is not None
        assert shown.modal["title"] == "Create an image"
        opinion.hub.says(Answer(job="7kq2mw9x"))
        sent = await opinion.ada.submit_modal(shown, {"prompt": "a fox"})
        assert opinion.hub.heard[-1].options == {"prompt": "a fox"}
        assert sent.response is None


async def test_it_completes_an_option() -> None:
    async with open_opinion() as opinion:
        opinion.hub.values = ["sketch"]
        found = await opinion.ada.autocomplete(opinion.general, "imagine", "model", "ske", prompt="a boat")
        assert [each["value"] for each in found] == ["sketch"]


async def test_it_sends_a_mention() -> None:
    async with open_opinion() as opinion:
        assert opinion.env.bot.user is not None
        await opinion.ada.send(opinion.general, f"{opinion.env.bot.user.mention} imagine a boat")
        assert [each.line for each in opinion.hub.heard] == ["imagine a boat"]
