"""The view draws everything that the platforms hold, drops nothing, and lets nobody's text become markup."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image
from playwright.async_api import Browser

from tests.browser.window import in_one_loop, needs_browser
from tests.wire.view import discord, discord_components, markdown, mrkdwn, slack, slack_blocks, slack_elements
from tests.wire.view.markup import JSON, element, inlined
from tests.wire.view.shoot import DESK, PHONE, open_page, shoot

HOSTILE = "<script>document.title = 'taken'</script><img src=x onerror=\"document.title='taken'\"> *b* **b** `c` ||s|| </pre></textarea>"
SAFE = re.compile(r"<(?!/?(?:p|b|i|s|br|a|u|code|pre|blockquote|span|ul|ol|li|h1|h2|h3)\b[^<>]*>)")


def picture() -> str:
    body = io.BytesIO()
    Image.new("RGB", (64, 36), (200, 60, 40)).save(body, "PNG")
    return inlined(body.getvalue())


def size_of(file: Path) -> tuple[int, int]:
    with Image.open(file) as shown:
        return shown.size


def plain(said: str) -> JSON:
    return {"type": "plain_text", "text": said}


def marked(said: str) -> JSON:
    return {"type": "mrkdwn", "text": said}


def button(said: str, **more: object) -> JSON:
    return {"type": "button", "action_id": said, "text": plain(said), **more}


IN_SLACK = slack_elements.Known(people={"U1": "Ada", "UBOT": "Limner"}, bots=frozenset({"UBOT"}), pictures={"F1": picture()})
SLACK_BLOCKS: list[tuple[JSON, str]] = [
    ({"type": "header", "text": plain("A title")}, "A title"),
    ({"type": "section", "text": marked("*Done* in 8 s")}, "<b>Done</b> in 8 s"),
    ({"type": "section", "fields": [marked("*Seed*\n42")]}, "<b>Seed</b><br>42"),
    ({"type": "section", "text": plain("beside"), "accessory": button("Show")}, "Show</button>"),
    ({"type": "context", "elements": [marked("job z9f3"), plain("small")]}, "job z9f3"),
    ({"type": "context", "elements": [{"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a face"}]}, 'alt="a face"'),
    ({"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a red fox", "title": plain("1 · seed 42")}, 'alt="a red fox"'),
    ({"type": "image", "image_url": "https://example.org/gone.png", "alt_text": "a lost fox"}, "picture not found: a lost fox"),
    ({"type": "actions", "elements": [button("Again", style="primary"), button("Delete", style="danger")]}, "button danger"),
    ({"type": "actions", "elements": [{"type": "overflow", "options": [{"text": plain("Details")}]}]}, "More: Details"),
    ({"type": "divider"}, "<hr>"),
    ({"type": "input", "label": plain("Prompt"), "element": {"type": "plain_text_input", "initial_value": "a fox"}}, "a fox"),
    ({"type": "input", "label": plain("Steps"), "optional": True, "element": {"type": "number_input"}}, "(optional)"),
    ({"type": "input", "label": plain("Model"), "element": {"type": "static_select", "placeholder": plain("Any")}}, "Any"),
    ({"type": "input", "label": plain("Picture"), "hint": plain("A PNG"), "element": {"type": "file_input"}}, "A PNG"),
    (
        {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "/imagine"}]}]},
        "<pre>/imagine</pre>",
    ),
    (
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}]}]},
        "@Ada",
    ),
]

IN_DISCORD = discord_components.Known(people={"1": "Ada", "2": "Limner"}, bots=frozenset({"2"}), pictures={"attachment://a.png": picture()})
SHOWN: JSON = {"media": {"url": "attachment://a.png"}, "description": "a red fox"}
DISCORD_COMPONENTS: list[tuple[JSON, str]] = [
    ({"type": 1, "components": [{"type": 2, "style": 4, "label": "Delete", "custom_id": "d"}]}, "button danger"),
    ({"type": 1, "components": [{"type": 3, "placeholder": "Vary which?", "options": []}]}, "Vary which?"),
    ({"type": 9, "components": [{"type": 10, "content": "words"}], "accessory": {"type": 11, **SHOWN}}, "thumbnail"),
    ({"type": 10, "content": "### a fox\n-# small"}, '<h3>a fox</h3><p class="small">small</p>'),
    ({"type": 12, "items": [SHOWN, {**SHOWN, "spoiler": True}]}, "SPOILER"),
    ({"type": 13, "file": {"url": "attachment://fox.png"}}, "fox.png"),
    ({"type": 14}, "separator"),
    ({"type": 17, "accent_color": 0x00FF10, "components": [{"type": 10, "content": "inside"}]}, "#00ff10"),
    ({"type": 18, "label": "Prompt", "component": {"type": 4, "value": "a fox", "required": True}}, 'aria-label="required"'),
    ({"type": 18, "label": "Picture", "component": {"type": 19, "required": False}}, "browse"),
    ({"type": 18, "label": "Which", "component": {"type": 21, "options": [{"label": "first", "value": "1"}]}}, "first"),
]


@pytest.mark.parametrize(("block", "shown"), SLACK_BLOCKS)
def test_every_block_that_slack_may_hold_is_drawn(block: JSON, shown: str) -> None:
    drawn = slack_blocks.draw([block], IN_SLACK)
    assert shown in drawn
    assert "unknown" not in drawn


@pytest.mark.parametrize(("part", "shown"), DISCORD_COMPONENTS)
def test_every_component_that_discord_may_hold_is_drawn(part: JSON, shown: str) -> None:
    drawn = discord_components.draw([part], IN_DISCORD)
    assert shown in drawn
    assert "unknown" not in drawn


def test_what_the_view_does_not_know_is_named_and_not_dropped() -> None:
    assert "unknown block hologram" in slack_blocks.draw([{"type": "hologram"}], IN_SLACK)
    assert "unknown element dial" in slack_blocks.draw([{"type": "actions", "elements": [{"type": "dial"}]}], IN_SLACK)
    assert "unknown component 99" in discord_components.draw([{"type": 17, "components": [{"type": 99}]}], IN_DISCORD)


def test_an_element_escapes_what_is_put_into_it_and_its_attributes() -> None:
    drawn = element("p", "<b>", title='" onload="x')
    assert drawn == '<p title="&quot; onload=&quot;x">&lt;b&gt;</p>'


@given(some.text(alphabet=some.sampled_from("<>&*_~`|\\\"'@#!/ \nab:0"), max_size=60))
def test_no_text_makes_an_element_that_the_markup_does_not_have(said: str) -> None:
    assert not SAFE.search(mrkdwn.draw(said, {}))
    assert not SAFE.search(markdown.draw(said, {}))


def test_slack_reads_its_own_escapes_and_special_signs() -> None:
    drawn = mrkdwn.draw("&lt;!channel&gt; <!here> <@U1> <https://example.org|there> :repeat: :nobody: &amp;amp;", {"U1": "Ada"})
    assert drawn.startswith("&lt;!channel&gt; ")
    assert '<span class="mention shout">@here</span>' in drawn
    assert '<span class="mention">@Ada</span>' in drawn
    assert '<a href="https://example.org">there</a>' in drawn
    assert "🔁" in drawn
    assert drawn.endswith(":nobody: &amp;amp;")


def test_discord_reads_a_backslash_as_an_escape_and_a_ping_as_a_ping() -> None:
    drawn = markdown.draw(r"\*not\* *yes* <@1> @everyone </imagine:12>", {"1": "Ada"})
    assert drawn.startswith("<p>*not* <i>yes</i> ")
    assert drawn.count('<span class="mention">') == 3


def test_a_link_leads_only_where_links_lead() -> None:
    assert "<a" not in mrkdwn.draw("<javascript:alert(1)|press>", {})
    assert "<a" not in markdown.draw("[press](javascript:alert(1))", {})


def whole_slack(said: str) -> slack.Screen:
    told: JSON = {
        "ts": "1700000000.1",
        "user": "UBOT",
        "text": said,
        "blocks": [{"type": "section", "text": plain(said)}, *(b for b, _ in SLACK_BLOCKS)],
    }
    view: JSON = {"title": plain("Remix"), "submit": plain("Draw"), "blocks": [{"type": "section", "text": plain(said)}]}
    return slack.Screen(
        messages=[told, {**told, "blocks": [], "is_ephemeral": True}], thread=[told, told], modal=view, known=IN_SLACK, channel=said
    )


def whole_discord(said: str) -> discord.Screen:
    told: JSON = {
        "author": {"id": "2"},
        "timestamp": "2026-11-21T14:30:00+00:00",
        "content": said,
        "embeds": [{"title": said, "description": said, "fields": [{"name": said, "value": said}]}],
        "components": [{"type": 10, "content": said}, *(part for part, _ in DISCORD_COMPONENTS)],
        "attachments": [{"filename": "a.png", "url": "attachment://a.png", "description": said}],
        "thread": {"name": said, "message_count": 1},
        "flags": 64,
    }
    modal: JSON = {"title": said, "components": [{"type": 18, "label": said, "component": {"type": 4, "value": said}}]}
    return discord.Screen(messages=[told], thread=[told], thread_name=said, modal=modal, known=IN_DISCORD)


@pytest.mark.browser
@needs_browser
@in_one_loop
async def test_a_hostile_text_stays_text_in_a_browser(browser: Browser) -> None:
    for drawn in (slack.draw(whole_slack(HOSTILE)), discord.draw(whole_discord(HOSTILE))):
        async with open_page(browser, drawn) as page:
            assert await page.title() != "taken"
            assert await page.locator("script, img[onerror], textarea").count() == 0
            assert "<script>document.title" in await page.locator("body").inner_text()


@pytest.mark.browser
@needs_browser
@in_one_loop
async def test_every_picture_and_button_has_a_name_and_nothing_is_wider_than_a_phone(browser: Browser) -> None:
    screens = (whole_slack("a fox"), whole_discord("a fox"))
    small = [replace(screen, phone=True, modal=modal, thread=()) for screen in screens for modal in (screen.modal, None)]
    for screen in (*screens, *small):
        drawn = slack.draw(screen) if isinstance(screen, slack.Screen) else discord.draw(screen)
        async with open_page(browser, drawn, size=PHONE if screen.phone else DESK) as page:
            assert await page.locator(".body img:not([alt]), .gallery img:not([alt])").count() == 0
            names = await page.locator("button").evaluate_all("all => all.map(one => one.ariaLabel || one.innerText)")
            assert names
            assert all(name.strip() for name in names)
            assert await page.get_by_role("dialog").count() == (1 if screen.modal else 0)
            assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.browser
@needs_browser
@in_one_loop
async def test_a_shot_is_a_picture_of_the_page(tmp_path: Path, browser: Browser) -> None:
    taken = await shoot(
        browser, slack.draw(slack.Screen(channel="general", known=IN_SLACK, dark=True)), tmp_path / "a" / "slack.png", scale=2
    )
    phone = await shoot(browser, discord.draw(discord.Screen(known=IN_DISCORD, phone=True)), tmp_path / "discord.png", size=PHONE)
    assert size_of(taken) == (2880, 1800)
    assert size_of(phone) == PHONE
