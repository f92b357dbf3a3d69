"""The chat around the story, in Chromium: people, whispers, mentions, attachments, hostile text, and more than fits on a page."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser, expect

from bot.model import Message
from tests.adapters.platforms.playground.stage import open_stage
from tests.browser.window import in_one_loop, needs_browser, open_house, open_window

pytestmark = [pytest.mark.browser, needs_browser, in_one_loop]


def red_square() -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (320, 320), (200, 60, 40)).save(body, "PNG")
    return body.getvalue()


async def test_a_whisper_is_seen_by_one_person_survives_a_reload_and_can_be_put_away(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house, who="grace") as grace:
        await grace.say("/quota")
        whisper = grace.page.get_by_role("note")
        await expect(whisper).to_contain_text("Only visible to you")
        await expect(whisper).to_contain_text("of 50 images used")
        async with open_window(browser, house, who="linus") as linus:
            await expect(linus.page.get_by_role("note")).to_have_count(0)
        await grace.page.reload()
        await expect(whisper).to_have_count(1)
        await whisper.get_by_role("button", name="Dismiss").click()
        await expect(whisper).to_have_count(0)
        await grace.page.reload()
        await expect(grace.page.locator(".welcome")).to_be_visible()


async def test_people_talk_and_unread_channels_say_so(tmp_path: Path, browser: Browser) -> None:
    async with (
        open_house(tmp_path) as house,
        open_window(browser, house, who="ada") as ada,
        open_window(browser, house, who="grace", channel="brand") as grace,
    ):
        await ada.say("Shall we, @Grace?")
        await expect(grace.page.get_by_role("button", name="#general, 1 unread")).to_be_visible()
        await grace.page.get_by_role("button", name="#general, 1 unread").click()
        await expect(grace.page.get_by_role("group").locator(".mention.me")).to_have_text("@Grace")
        await expect(grace.page.get_by_role("button", name="#general")).to_have_attribute("aria-current", "page")


async def test_one_acts_as_somebody_else_and_stays_so(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        page = window.page
        await page.get_by_role("button", name="Acting as Ada").click()
        await page.get_by_role("menuitemradio", name=re.compile("Maya")).click()
        await expect(page.get_by_role("button", name="Acting as Maya")).to_be_visible()
        await window.say("good morning")
        await expect(page.get_by_role("group", name=re.compile("^Maya"))).to_be_visible()
        await page.goto(f"{house.address}/")
        await expect(page.get_by_role("button", name="Acting as Maya")).to_be_visible()


async def test_a_mention_and_a_direct_conversation_need_no_slash(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house:
        async with open_window(browser, house) as window:
            await window.drawn("@limner imagine a small boat", "1 image, open thread")
            await expect(window.page.get_by_role("group").filter(has_text="imagine a small boat")).to_have_count(1)
        async with open_window(browser, house, channel="dm-ada") as window:
            await window.drawn("imagine a small boat", "1 image, open thread")


async def test_an_attached_picture_is_drawn_from(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        async with window.page.expect_file_chooser() as chooser:
            await window.page.locator("#room").get_by_role("button", name="Attach a picture").click()
        await (await chooser.value).set_files({"name": "square.png", "mimeType": "image/png", "buffer": red_square()})
        await expect(window.page.get_by_role("button", name="Remove square.png")).to_be_visible()
        await expect(window.page.locator(".attached.sending")).to_have_count(0)
        await window.drawn("/imagine a red house", "1 image, open thread")
        await expect(window.cards).to_contain_text("Edit: “a red house”")


async def test_a_file_that_is_no_picture_is_answered_beside_the_composer(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        async with window.page.expect_file_chooser() as chooser:
            await window.page.locator("#room").get_by_role("button", name="Attach a picture").click()
        await (await chooser.value).set_files({"name": "notes.png", "mimeType": "image/png", "buffer": b"no picture at all"})
        await expect(window.page.locator("#room").get_by_role("alert")).to_contain_text("PNG, JPEG, WebP and GIF")
        # The refusal is an HTTP status, which the browser writes down as well.
        window.complaints[:] = [said for said in window.complaints if "415" not in said]


@pytest.mark.parametrize(
    "text",
    ["x" * 10_000, "<img src=x onerror=alert(1)><script>alert(2)</script>", "\u202eevil \u2066text", "**bold** `code` [link](http://x)"],
    ids=["long", "markup", "direction", "markdown"],
)
async def test_no_text_breaks_the_page(tmp_path: Path, browser: Browser, text: str) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        asked: list[str] = []
        window.page.on("dialog", lambda dialog: asked.append(dialog.message))
        await window.say(text)
        said = window.page.locator("#room .content").first
        await expect(said).to_have_text(text)
        await window.say(f"/imagine {text[:1500]}")
        await expect(window.cards.or_(window.page.get_by_role("note")).first).to_be_visible()
        scroller = window.page.locator("#room .scroller")
        assert await scroller.evaluate("one => one.scrollWidth <= one.clientWidth")
        assert await window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert asked == []


async def fill(folder: Path, number: int) -> None:
    """So many messages in #general, before anything is started."""
    (folder / "playground").mkdir()
    async with open_stage(folder / "playground", run=False) as playground:
        for each in range(number):
            await playground.post(playground.cast.channels["general"].place(), Message(text=f"message {each}."), key=str(each))


async def test_a_long_channel_is_a_window_on_its_messages(tmp_path: Path, browser: Browser) -> None:
    await fill(tmp_path, 420)
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        messages = window.page.locator("#room .message")
        await expect(messages.last).to_contain_text("message 419.")
        scroller = window.page.locator("#room .scroller")
        first = messages.filter(has_text="message 0.")
        while await first.count() == 0:
            shown = await messages.first.get_attribute("id")
            await scroller.evaluate("one => { one.scrollTop = 0; }")
            await expect(messages.first).not_to_have_attribute("id", shown or "")
        assert await messages.count() <= 300
        await window.say("at the end again")
        await expect(messages.last).to_contain_text("at the end again")
        await expect(messages.last).to_be_in_viewport()


async def test_new_messages_wait_below_for_somebody_who_reads_above(tmp_path: Path, browser: Browser) -> None:
    await fill(tmp_path, 60)
    async with open_house(tmp_path) as house, open_window(browser, house) as window, house.chat("grace") as chat:
        scroller = window.page.locator("#room .scroller")
        await scroller.evaluate("one => one.scrollTo(0, one.scrollHeight / 2)")
        before = await scroller.evaluate("one => one.scrollTop")
        await chat.say("something new")
        pill = window.page.get_by_role("button", name="1 new message")
        await expect(pill).to_be_visible()
        assert await scroller.evaluate("one => one.scrollTop") == before
        await pill.click()
        await expect(window.page.get_by_role("group").filter(has_text="something new")).to_be_in_viewport()
        await expect(pill).to_be_hidden()


async def test_arrivals_are_announced_and_landmarks_are_named(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        page = window.page
        await expect(page.get_by_role("navigation", name="Channels")).to_be_visible()
        await expect(page.get_by_role("main")).to_be_visible()
        async with house.chat("grace") as chat:
            await chat.say("hello everybody")
        await expect(page.locator("#announcer")).to_contain_text("Grace: hello everybody")


async def test_a_page_that_knows_more_than_what_is_shown_says_so(tmp_path: Path, browser: Browser) -> None:
    """A thread's page may bring the newest state of the card above it before the news of it comes: then that news is no news."""
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        newer = await window.page.evaluate(
            """async () => {
              const { State } = await import("/assets/js/state.js");
              const state = new State();
              const item = (change) => ({ id: "m1", number: 1, change, channel: "general", root: null, content: {} });
              state.page(state.strand("general"), { items: [item(1)], more: false });
              state.strand("general", "m1");
              const told = state.page(state.strand("general", "m1"), { items: [item(2)], more: false });
              return [told, state.take(item(2))];
            }"""
        )
        assert newer == [["m1"], False]


async def test_the_theme_is_chosen_and_kept(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house, dark=True) as window:
        shade = "getComputedStyle(document.body.querySelector('.room')).backgroundColor"
        dark = await window.page.evaluate(shade)
        await window.page.get_by_role("button", name="Theme: as the system says").click()
        await expect(window.page.get_by_role("button", name="Theme: light")).to_be_visible()
        # The style follows with the next frame, which a busy machine draws when it can.
        await window.page.wait_for_function(f"{shade} !== '{dark}'")
        light = await window.page.evaluate(shade)
        await window.page.reload()
        await expect(window.page.get_by_role("button", name="Theme: light")).to_be_visible()
        assert await window.page.evaluate(shade) == light


async def test_a_name_that_nobody_has_becomes_ada(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house, who="nobody") as window:
        await expect(window.page.get_by_role("button", name="Acting as Ada")).to_be_visible()


async def test_a_dropped_picture_is_attached(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        await window.page.evaluate(
            """async (bytes) => {
                const data = new DataTransfer();
                data.items.add(new File([new Uint8Array(bytes)], "square.png", { type: "image/png" }));
                document.getElementById("room").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
            }""",
            list(red_square()),
        )
        await expect(window.page.get_by_role("button", name="Remove square.png")).to_be_visible()
        await expect(window.page.locator(".attached.sending")).to_have_count(0)
        await window.say("look at this")
        await expect(window.page.get_by_role("link", name="Attached picture square.png")).to_be_visible()
