"""A picture gives back the whole request that drew it."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.imaging import facts_of, record_of, request_of, rerun_of
from bot.imaging.copies import finish
from bot.imaging.metadata import read
from bot.model import Level, Operation, Parent, Promise, Request, Verdict
from tests.bot.pictures import JOB, encoded, job_of, picture

PICTURES = (encoded("PNG", picture(8, 8)), encoded("JPEG", picture(8, 8)), encoded("WEBP", picture(8, 8)))


def _joined(text: str) -> bool:
    """Whether two halves of a surrogate pair stand side by side: for JSON, as for people, they are one character."""
    return any("\ud800" <= first <= "\udbff" and "\udc00" <= second <= "\udfff" for first, second in pairwise(text))


# Any code point at all: emoji, right-to-left marks, controls, and halves of surrogate pairs as a cut text has them.
ANYTHING = st.text(st.characters(), max_size=80).filter(lambda text: not _joined(text))
KEYS = st.from_regex(r"[a-z]{1,8}/2026/11/[0-9a-f]{64}\.png", fullmatch=True)
REQUESTS = st.builds(
    Request,
    operation=st.sampled_from(Operation),
    prompt=ANYTHING,
    negative=ANYTHING,
    ratio=st.none() | st.builds("{}:{}".format, st.integers(1, 99), st.integers(1, 99)),
    size=st.none() | st.tuples(st.integers(1, 8192), st.integers(1, 8192)),
    count=st.integers(1, 10),
    seed=st.none() | st.integers(0, 2**32 - 1),
    steps=st.none() | st.integers(1, 150),
    guidance=st.none() | st.floats(0, 30),
    strength=st.none() | st.floats(0, 1),
    style=st.none() | ANYTHING,
    model=st.none() | ANYTHING,
    scale=st.none() | st.sampled_from((2, 3, 4)),
    sources=st.lists(KEYS, max_size=3).map(tuple),
    mask=st.none() | KEYS,
    extras=st.dictionaries(ANYTHING, ANYTHING, max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(request=REQUESTS, content=st.sampled_from(PICTURES), seed=st.none() | st.integers(0, 2**32 - 1))
def test_a_picture_gives_back_the_whole_request(request: Request, content: bytes, seed: int | None) -> None:
    found = read(finish(content, record_of(job_of(request), index=1, seed=seed)).original)
    assert request_of(found) == request
    assert rerun_of(found) == replace(request, seed=seed, count=1, model="sketch")


def test_four_thousand_characters_of_any_script_come_back() -> None:
    for letter in ("🦊", "א", "雪", "\x00", "\ud83d", "\u202e", "\r\n", "</x>"):
        request = Request(prompt=(letter * 4000)[:4000], negative=letter * 4000)
        for content in PICTURES:
            assert request_of(read(finish(content, record_of(job_of(request), index=1, seed=1)).original)) == request


def test_a_record_says_all_that_a_person_wants_to_know() -> None:
    job = replace(
        JOB,
        request=Request(prompt="a red fox", negative="text", ratio="16:9", count=4, seed=42),
        fitted=Request(prompt="a red fox", model="sketch", size=(1344, 768), count=4, seed=42, steps=30, guidance=7.0, style="ink"),
        changes=("“--no text” left out: sketch has no negative prompt",),
        parent=Parent(job="aaaa", index=2),
        verdict=Verdict(level=Level.BLUR, category="sexual", source="terms/sexual"),
    )
    record = record_of(job, index=3, seed=44, promise=Promise.EXACT)
    assert record["prompt"] == "a red fox"
    assert (record["seed"], record["index"], record["count"]) == (44, 3, 4)
    assert (record["steps"], record["guidance"], record["style"]) == (30, 7.0, "ink")
    assert (record["model"], record["model_version"], record["vendor_id"]) == ("sketch", "sketch-1", "vendor-77")
    assert record["cost_usd"] == float(Decimal("0.04"))
    assert record["parent"] == {"job": "aaaa", "index": 2}
    assert record["safety"] == {"level": "blur", "category": "sexual", "source": "terms/sexual"}
    assert record["promise"] == "exact"
    assert rerun_of(record) == Request(prompt="a red fox", negative="text", ratio="16:9", count=1, seed=44, model="sketch")


def test_a_record_names_no_person_and_no_place() -> None:
    text = str(record_of(JOB, index=1, seed=1))
    assert "Ada" not in text
    assert "u1" not in text
    assert "playground" not in text


def test_facts_are_flat_text() -> None:
    facts = facts_of(record_of(JOB, index=1, seed=42))
    assert facts["prompt"] == "a red fox"
    assert facts["seed"] == "42"
    assert all(isinstance(value, str) for value in facts.values())
