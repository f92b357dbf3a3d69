"""Hostile words on Slack and on Discord: nothing that a person types pings anybody, breaks a card, or reaches the log."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.flows.story import eventually
from tests.wire.chats import Chat
from tests.wire.discord_chat import open_discord_chat
from tests.wire.slack_chat import open_slack_chat
from tests.wire.story import open_story

FRAGMENTS = (
    *("<!channel>", "<!here>", "<!everyone>", "<!subteam^S0LIMNERADMINS>", "<@U0LIMNERGRACE>", "<#C0LIMNERGENERAL|general>", "<@&1>"),
    *(
        "@grace",
        "@channel",
        "@everyone",
        "@here",
        "</imagine:1>",
        "<t:0:R>",
        ":fire:",
        "<:a:1>",
        "&lt;!channel&gt;",
        "&amp;",
        "<",
        ">",
        "&",
    ),
    *("<https://evil.example|click>", "[click](https://evil.example)", "https://evil.example", "|", "||", "`", "```", "*", "_", "~", "#"),
    *("# ", "-# ", "> ", ">>> ", "\\", "\n", "\r\n", "\t", "\x00", "\u202e", "\u200b", "\u2028", "\ufeff"),
    *("“", '"', "--seed", "--count", "—", "😀", "{}", "%s", "a fox", "ein Fuchs"),
)
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=1, max_size=7)
WORDS = TEXTS.map("".join).filter(lambda text: bool(text.strip()) and "limner" not in text.lower())
OURS = ("invalid_blocks", "invalid_arguments", "no_text", "msg_too_long", "50035", "invalid_form", "50006")
"""Refusals that say that we sent what the chat does not take."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["discord", "slack"])
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(words=["<!channel> @everyone <@U0LIMNERGRACE> ```", "x" * 1900, "||<@&1>||\n# head\n-# foot", "*_~`>|[a](https://evil.example)"])
@given(words=st.lists(WORDS, min_size=4, max_size=6, unique=True))
async def test_no_words_ping_or_break_anything(kind: str, words: list[str]) -> None:
    async with open_slack_chat(limits=False) if kind == "slack" else open_discord_chat() as chat:
        with tempfile.TemporaryDirectory() as folder:
            await say_all(Path(folder), chat, words)


async def say_all(folder: Path, chat: Chat, words: list[str]) -> None:
    async with open_story(folder, chat, settings={"BOT_WAITING": "50"}) as story:
        who = chat.rename("ivy", f"I{words[0]}"[:30].replace("\n", " ").replace("\x00", ""))
        # Whatever came of each: a job, a whisper, or a form.
        for number, text in enumerate(words):
            ways = (chat.command(who, "imagine", prompt=text), chat.mention(who, f"imagine {text}"), chat.direct(who, f"imagine {text}"))
            for way, begun in enumerate(ways):
                if way == number % 3:
                    await begun
                else:
                    begun.close()

        async def answered() -> bool:
            direct = [one for one in chat.directs(who) if one.raw not in {other.raw for other in chat.whispers(who)}]
            outcomes = len(await story.known()) + len(chat.whispers(who)) + len(direct) + bool(chat.form(who))
            return outcomes >= len(words)

        await eventually(answered)
        await story.quiet()
        for job in await story.known():
            assert (await story.card(job)).text
            if "result" in await story.app.store.posts(job):
                assert (await story.shown(job)).alts
        assert chat.pings == []
        assert [refusal for refusal in chat.refusals if any(code in refusal for code in OURS)] == []
        story.discreet += [text for text in words if len(text) > 12 and text.isascii()]
