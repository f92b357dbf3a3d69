"""Messages as components: within Discord's limits whatever they say, and looking like one product."""

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.platforms.discord import markdown, outbound
from adapters.platforms.discord.outbound import Shown
from bot.model import Action, Message, Picture, Tone
from tests.adapters.platforms.discord.readers import JSON, buttons, inside, read, texts
from tests.adapters.platforms.discord.test_discord_markdown import TEXT
from tests.wire.discord.components import Components
from tests.wire.discord.faults import Form

LONG = TEXT | TEXT.map(lambda text: text * 60)
OURS = re.compile(r"(?:### |-# )?(?:\*\*(?P<label>(?:\\.|[^\\*])+):\*\* )?(?P<sign>[✅⚠️❌]+ )?")
PICTURE = Picture(key="k", original="o", alt="a fox", width=8, height=8)


def pictures(alt: str, title: str, number: int) -> tuple[Picture, ...]:
    return tuple(Picture(key=f"k{i}", original="o", alt=alt, title=title, width=8, height=8, index=i) for i in range(1, number + 1))


@st.composite
def messages(draw: st.DrawFn) -> Message:
    return Message(
        text=draw(LONG),
        title=draw(LONG),
        body=draw(LONG),
        fields=tuple(draw(st.lists(st.tuples(TEXT, LONG), max_size=30))),
        context=draw(LONG),
        code=draw(LONG),
        pictures=pictures(draw(LONG), draw(TEXT), draw(st.integers(0, 12))),
        actions=tuple(Action(label=draw(TEXT), line=f"{verb} 1 2") for verb in draw(st.lists(st.sampled_from("abcdef"), max_size=30))),
        progress=draw(st.none() | st.floats(0, 1)),
        tone=draw(st.sampled_from(Tone)),
        job="7kq2mw9x",
    )


def shown(message: Message) -> list[Shown]:
    return [
        Shown(url=f"attachment://{picture.index}.png", alt=picture.alt, title=picture.title, spoiler=picture.spoiler)
        for picture in message.pictures[:10]
    ]


def check(components: list[JSON]) -> None:
    form = Form()
    Components(form=form, v2=True, files={f"{i}.png" for i in range(1, 11)}).check(components)
    form.check()
    assert sum(map(markdown.size, texts(components))) <= 4000
    assert not any(markdown.is_blank(text) for text in texts(components))


@given(messages())
def test_whatever_a_message_says_discord_takes_it(message: Message) -> None:
    check(outbound.components(message, shown(message), notes=["One note", "Another"], mark="7kq2mw9x:card"))


@given(messages())
def test_no_text_breaks_out_of_its_part(message: Message) -> None:
    components = outbound.components(message, shown(message))
    found = "\n".join(texts(components))
    assert found.count("```") in {0, 2}
    for line in "\n".join(text for text in texts(components) if not text.startswith("```")).split("\n"):
        ours = OURS.match(line)
        assert ours
        read(ours["label"] or "")
        read(f"{ours['sign'] or ''}{line[ours.end() :]}")
    assert len(buttons(components)) <= 25


def only(message: Message, **more: Any) -> JSON:
    [container] = outbound.components(message, **more)
    assert container["type"] == 17
    return container


def test_a_message_of_text_alone_shows_its_text() -> None:
    assert texts([only(Message(text="Two * three"))]) == ["Two \\* three"]


def test_a_card_shows_title_bar_and_context() -> None:
    card = Message(
        text="all of it", title="“a red fox”", body="Drawing 50%", context="for Ada · sketch", progress=0.5, tone=Tone.WORKING,
        actions=(Action(label="Cancel", line="cancel 7kq2mw9x"),),
    )  # fmt: skip
    container = only(card)
    assert texts([container]) == ["### “a red fox”\nDrawing 50%\n▰▰▰▰▰▰▱▱▱▱▱▱", "-# for Ada · sketch"]
    assert container["accent_color"] == 0x5865F2
    assert [each["type"] for each in container["components"]] == [10, 14, 10, 1]


def test_a_queued_card_has_no_bar() -> None:
    assert texts([only(Message(text="t", title="t", body="Queued", progress=0.0, tone=Tone.WORKING))]) == ["### t\nQueued"]


def test_a_tone_is_said_by_a_sign_and_not_by_colour_alone() -> None:
    assert texts([only(Message(text="t", title="Not drawn", tone=Tone.WARNING))]) == ["### ⚠️ Not drawn"]
    assert texts([only(Message(text="It broke.", tone=Tone.BAD))]) == ["❌ It broke."]
    assert "accent_color" not in only(Message(text="plain"))


def test_results_show_pictures_first_with_alt_text_and_cover() -> None:
    result = Message(text="t", title="a red fox", body="Rerun: exact.", code="/imagine a red fox --seed 42", pictures=(PICTURE, PICTURE))
    cover = [
        Shown(url="attachment://1.png", alt="Image 1", title="1 · seed 42"),
        Shown(url="attachment://2.png", alt="Image 2", title="2 · seed 43", spoiler=True),
    ]
    container = only(result, shown=cover)
    assert texts([container]) == [
        "### a red fox", "-# 1 · seed 42 \\| 2 · seed 43\nRerun: exact.", "```\n/imagine a red fox --seed 42\n```",
    ]  # fmt: skip
    gallery = next(each for each in inside([container]) if each["type"] == 12)
    assert gallery["items"] == [
        {"media": {"url": "attachment://1.png"}, "description": "Image 1", "spoiler": False},
        {"media": {"url": "attachment://2.png"}, "description": "Image 2", "spoiler": True},
    ]


def test_a_line_too_long_to_copy_is_replaced_by_one_that_does_the_same() -> None:
    long = Message(text="t", title="t", code="/imagine " + "fox " * 1200, job="7kq2mw9x")
    assert texts([only(long)])[-1] == "```\n/rerun 7kq2mw9x\n```"
    nameless = Message(text="t", title="t", code="/imagine " + "fox " * 1200)
    assert "too long" in texts([only(nameless)])[-1]


def test_a_list_that_does_not_fit_says_so() -> None:
    many = Message(text="t", title="t", fields=tuple((f"name {i}", "word " * 200) for i in range(9)))
    assert texts([only(many)])[-1].endswith("\n…")


def test_a_message_is_found_by_its_key_and_by_no_other() -> None:
    components = outbound.components(Message(text="t"), mark="7kq2mw9x:card")
    assert outbound.is_marked(components, "7kq2mw9x:card")
    assert not outbound.is_marked(components, "7kq2mw9x:result")
    assert not outbound.is_marked(outbound.components(Message(text="t")), "7kq2mw9x:card")
    assert not outbound.is_marked([], "7kq2mw9x:card")
