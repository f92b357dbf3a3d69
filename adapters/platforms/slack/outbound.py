"""Ours to theirs: a Message as Slack's blocks and its text for screen readers and notifications, and a person's home page.

Words go into rich text and plain text, where Slack reads no markup: nothing a person typed can ping, link, or change how a card looks. Only
`text` and the line of links are markup; there everything is escaped. What is too long for Slack is cut with an ellipsis, never refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.platforms.slack import buttons
from adapters.platforms.slack.facts import facts
from adapters.platforms.slack.mrkdwn import cut, escape, escaped, length, linked_elements, plain
from adapters.platforms.slack.shapes import JSON
from bot.model import Action, Message, Picture, Tone

TEXT = 3800
"""Characters of the text that stands for the blocks; Slack refuses an edit with more than 4,000."""
BLOCKS = 50
HOME_BLOCKS = 100
_HEADER = 100
"""What is longer than Slack's big heading holds on two lines stands in bold type instead."""
_TITLE = 1000
_BODY = 2900
_CODE = 2900
_CONTEXT = 1900
_ALT = 1900
_CAPTION = 200
_BAR = 20
_ADDRESS = 2800
_ELEMENTS = 10
_SIGNS: Mapping[Tone, str] = {Tone.GOOD: "✅ ", Tone.WARNING: "⚠️ ", Tone.BAD: "❌ "}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """How a picture can be shown: the file that Slack has of it, and the address of the original. Either may be missing."""

    file: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What became of a document."""

    title: str
    aside: bool = False
    """Whether it lies in the person's direct messages, and not beside the message."""
    problem: str = ""
    """Why it did not come, as the end of a sentence."""
    link: str = ""
    """Where else it can be had."""

    @property
    def sentence(self) -> str:
        """What to say of it; nothing of one that lies beside the message."""
        if self.problem:
            return f"{self.title} cannot be shown here: {self.problem}"
        return f"{self.title} is a file in your direct messages with me." if self.aside else ""


def text_of(message: Message, papers: Sequence[Paper] = ()) -> str:
    """The whole meaning in one text, escaped."""
    said = escaped(message.text, TEXT) or escaped(message.title or message.body, TEXT) or "…"
    more = " ".join(escape(plain(paper.sentence)) for paper in papers if paper.sentence)
    return f"{said} {more}" if more and length(said) + length(more) < TEXT else said


def blocks_of(message: Message, shown: Sequence[Shown] = (), *, note: str = "", papers: Sequence[Paper] = ()) -> list[JSON]:
    """A message's blocks, at most 50. `shown` goes with `message.pictures`, one each; `note` is a small line of our own below."""
    blocks = _section(message, shown, note=note, start=0, papers=papers)
    if len(blocks) <= BLOCKS:
        return blocks
    # The rows of buttons at the end are worth more than the last lines of a list.
    rows = [block for block in blocks if block["type"] == "actions"][:5]
    rest = [block for block in blocks if block["type"] != "actions"][: BLOCKS - len(rows)]
    return [*rest, *rows]


def bare_of(message: Message) -> list[JSON]:
    """The words alone, and the buttons: what is left where Slack does not take the blocks."""
    words: JSON = {"type": "section", "text": _plain(cut(message.text, _BODY) or "…")}
    return [words, *buttons.rows(message.actions)][:BLOCKS]


def home_of(sections: Sequence[Message], shown: Mapping[str, Shown]) -> JSON:
    """The view of a person's home page. `shown` goes by a picture's key."""
    blocks: list[JSON] = []
    pressed = 0
    for section in sections:
        own = _section(section, [shown.get(picture.key, Shown()) for picture in section.pictures], note="", start=pressed, small=True)
        pressed += len(section.actions)
        blocks += ([{"type": "divider"}] if blocks else []) + own
    return {"type": "home", "blocks": blocks[:HOME_BLOCKS]}


def _section(
    message: Message, shown: Sequence[Shown], *, note: str, start: int, small: bool = False, papers: Sequence[Paper] = ()
) -> list[JSON]:
    # Where everything there is to know is listed, and on a page of many, pictures stand beside their words as thumbnails.
    listed = bool(message.fields)
    pictures = [
        _thumbnail(picture, one, brief=listed) if listed or small else _image(picture, one)
        for picture, one in zip(message.pictures, shown, strict=False)
        if one.file
    ]
    body = _body(message)
    results = any(picture.original for picture in message.pictures) and message.tone is Tone.PLAIN and not listed
    return [
        *_title(message.title),
        *((*pictures, *body) if results else (*body, *facts(message.fields), *pictures)),
        *_context(message.context),
        *_links(message.pictures, shown),
        *_papers(papers),
        *_note(note),
        *_code(message),
        *buttons.rows([*([] if small else _reveals(message.pictures, shown)), *message.actions], start=start),
    ]


def _reveals(pictures: Sequence[Picture], shown: Sequence[Shown]) -> list[Action]:
    """Buttons that show what is behind a cover: Slack has no cover of its own to lift."""
    covered = [picture for picture, one in zip(pictures, shown, strict=False) if picture.spoiler and one.file]
    return [buttons.reveal(picture, several=len(pictures) > 1) for picture in covered]


def _title(title: str) -> list[JSON]:
    text = cut(title, _TITLE)
    if not text:
        return []
    if len(text) <= _HEADER and "\n" not in text:
        return [{"type": "header", "text": _plain(text)}]
    return [rich({"type": "rich_text_section", "elements": [{"type": "text", "text": text, "style": {"bold": True}}]})]


def _body(message: Message) -> list[JSON]:
    text = cut(message.body, _BODY)
    if message.tone is Tone.WORKING and message.progress is not None:
        full = round(min(1.0, max(0.0, message.progress)) * _BAR)
        bar = "▰" * full + "▱" * (_BAR - full)
        text = f"{text}\n{bar}" if text else bar
    elif text or not message.title:
        text = _SIGNS.get(message.tone, "") + (text or ("" if message.pictures or message.fields else cut(message.text, _BODY)))
    return [rich({"type": "rich_text_section", "elements": linked_elements(text)})] if plain(text) else []


def _image(picture: Picture, shown: Shown) -> JSON:
    title = _caption(picture)
    block: JSON = {"type": "image", "slack_file": {"id": shown.file}, "alt_text": _alt(picture)}
    return {**block, "title": _plain(title)} if title else block


def _caption(picture: Picture) -> str:
    title = cut(picture.title, _CAPTION)
    if picture.spoiler:
        return f"{title} · covered" if title else "Covered"
    return title


def _thumbnail(picture: Picture, shown: Shown, *, brief: bool) -> JSON:
    """A small picture beside its words; where everything about it is listed anyway, `brief` ones."""
    image: JSON = {"type": "image", "slack_file": {"id": shown.file}, "alt_text": _alt(picture)}
    title, alt = _caption(picture), cut(_alt(picture), 300)
    caption = title or alt if brief else f"{title}\n{alt}".strip()
    return {"type": "section", "text": _plain(caption), "accessory": image}


def _alt(picture: Picture) -> str:
    alt = cut(picture.alt, _ALT) or f"Picture {picture.index}"
    return f"Covered. {alt}" if picture.spoiler else alt


def _context(context: str) -> list[JSON]:
    text = cut(context, _CONTEXT)
    return [{"type": "context", "elements": [_plain(text)]}] if text else []


def _links(pictures: Sequence[Picture], shown: Sequence[Shown]) -> list[JSON]:
    """Where the originals are, and how to look behind a cover."""
    pairs = [(picture, one) for picture, one in zip(pictures, shown, strict=False) if picture.original]
    several = len(pairs) > 1
    links = [
        f"<{escape(one.link)}|{_link_text(picture, several=several)}>"
        for picture, one in pairs
        if one.link and len(one.link) <= _ADDRESS and not set(one.link) & set("<>|\n ")
    ]
    blocks: list[JSON] = []
    if links:
        # One element a link: a bucket's are long, and an element holds 3,000 characters.
        links[0] = f"{'Originals' if several else 'Original'}: {links[0]}"
        elements = [{"type": "mrkdwn", "text": link, "verbatim": True} for link in links[:_ELEMENTS]]
        blocks.append({"type": "context", "elements": elements})
    if covered := [picture for picture, one in zip(pictures, shown, strict=False) if picture.spoiler and one.file]:
        which = ", ".join(str(picture.index) for picture in covered) if len(pictures) > 1 else "The picture"
        sentence = f"{'Covered: ' + which + '.' if len(pictures) > 1 else which + ' is covered.'} Not everybody may want to see this"
        blocks += _note(f"{sentence}; the button shows it to you alone.")
    return blocks


def _link_text(picture: Picture, *, several: bool) -> str:
    """What a link says; read out of its place, too, as screen readers list links."""
    which = f"image {picture.index}" if several else "the image"
    return f"show {which}" if picture.spoiler else which if several else "download"


def _papers(papers: Sequence[Paper]) -> list[JSON]:
    """A line for each document that does not lie beside the message."""
    blocks: list[JSON] = []
    for paper in papers[:_ELEMENTS]:
        elements = [_plain(cut(paper.sentence, _CONTEXT))] if paper.sentence else []
        if paper.link and len(paper.link) <= _ADDRESS and not set(paper.link) & set("<>|\n "):
            elements.append(
                {"type": "mrkdwn", "text": f"<{escape(paper.link)}|download {escape(cut(paper.title, _CAPTION))}>", "verbatim": True}
            )
        blocks += [{"type": "context", "elements": elements}] if elements else []
    return blocks


def _note(note: str) -> list[JSON]:
    return [{"type": "context", "elements": [_plain(cut(note, _CONTEXT))]}] if plain(note) else []


def _code(message: Message) -> list[JSON]:
    """The line to copy, whole. Where it is too long, the line that names the job does the same; part of a line would do something else."""
    line = plain(message.code)
    if length(line) > _CODE:
        line = f"/rerun {message.job}" if message.job else ""
        if not line:
            return _note("The line to copy is too long to show here.")
    return [rich({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": line}]})] if line else []


def rich(*elements: Mapping[str, Any]) -> JSON:
    """A block of rich text, in which a text is only a text."""
    return {"type": "rich_text", "elements": list(elements)}


def _plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text, "emoji": False}
