"""The personal layer: what it finds, where it stands, and what it leaves alone."""

import time

import pytest

from adapters.moderators.personal import Personal
from bot.model import Person, Place
from tests.policy.corpus import personal

PERSON = Person(platform="p", workspace="w", id="u")
PLACE = Place(platform="p", workspace="w", channel="c")

KINDS = (
    ("mail me at grace.hopper+art@navy.example.mil please", "mail", "grace.hopper+art@navy.example.mil"),
    ("call +44 20 7946 0958 today", "phone", "+44 20 7946 0958"),
    ("call (212) 555-0143 today", "phone", "(212) 555-0143"),
    ("card 4111 1111 1111 1111 exp", "card", "4111 1111 1111 1111"),
    ("card 5500-0000-0000-0004", "card", "5500-0000-0000-0004"),
    ("GB82 WEST 1234 5698 7654 32 is the account", "iban", "GB82 WEST 1234 5698 7654 32"),
    ("the key xoxb-123456789012-abcdefghij on a note", "key", "xoxb-123456789012-abcdefghij"),
    ("my ssn is 536-90-4399", "id", "536-90-4399"),
    ("steuer-id 36574261809 auf dem Brief", "id", "36574261809"),
    ("codice fiscale RCCMNL83S18D969H", "id", "RCCMNL83S18D969H"),
    ("dni 54362315K", "id", "54362315K"),
)


@pytest.mark.parametrize(("text", "kind", "what"), KINDS)
async def test_personal_data_is_found_where_it_stands(text: str, kind: str, what: str) -> None:
    (concern,) = await Personal().prompt(PERSON, PLACE, text)
    assert (concern.category, concern.source) == ("personal", f"personal/{kind}")
    assert [text[begin:end] for begin, end in concern.spans] == [what]


@pytest.mark.parametrize("text", personal()["masked"])
async def test_wordings_with_personal_data_are_found(text: str) -> None:
    assert await Personal().prompt(PERSON, PLACE, text)


@pytest.mark.parametrize(
    "text",
    [
        *personal()["untouched"],
        "card 4111 1111 1111 1112",
        "GB82 WEST 1234 5698 7654 33",
        "<@U012345678> and <@123456789012345678>",
        "1234567890123456 pixels",
        "36574261809 stars",
        "a 3-2-1 countdown, 100 200 300",
    ],
)
async def test_other_numbers_are_left_alone(text: str) -> None:
    assert await Personal().prompt(PERSON, PLACE, text) == []


async def test_two_of_a_kind_are_one_finding_with_two_spans() -> None:
    (concern,) = await Personal().prompt(PERSON, PLACE, "a@example.com, b@example.com")
    assert concern.spans == ((0, 13), (15, 28))


@pytest.mark.parametrize("text", ["1" * 20_000, "1-2 " * 5_000, "(212) 555-0143 " * 1_300, "a." * 10_000 + "@", "a@" * 10_000])
async def test_no_text_keeps_it_busy(text: str) -> None:
    began = time.process_time()
    await Personal().prompt(PERSON, PLACE, text)
    assert time.process_time() - began < 2
