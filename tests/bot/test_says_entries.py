"""Entries as people read them: names, moments and measures in their words, in an answer and in the audit alike."""

from datetime import UTC, datetime

import pytest

from bot import says
from bot.model import Entry

WORKSPACE = "workspace:playground:studio"
CHANGES = {
    "a term keeps its signs": (f"term {WORKSPACE} a/b=c", "", "custom sure", "term · a/b=c: nothing → custom"),
    "a doubtful term says so": (f"term {WORKSPACE} moon", "", "custom doubtful", "moon: nothing → custom, doubtful"),
    "a model like its service is one word": (f"weight {WORKSPACE} model=sketch/sketch", "", "0", "model sketch: the usual → 0"),
    "another model is named in full": (f"weight {WORKSPACE} model=fal/flux", "2", "", "model fal/flux: 2 → the usual"),
    "a policy comes from somewhere": (f"policy {WORKSPACE} gore", "", "review", "gore: the usual → review"),
    "a policy for doubtful findings": (
        f"policy {WORKSPACE} gore?@restricted",
        "review",
        "",
        "gore, doubtful, where age-restricted: review → the usual",
    ),
    "whom a model is for": (
        f"access {WORKSPACE} model=sketch/sketch",
        "",
        "group:playground:studio:design",
        "model sketch: everybody → <@&design>",
    ),
    "a moment is the reader's own": (
        "mute person:playground:studio:kenji ",
        "",
        "loud until 2026-11-23T19:12:58.778676+00:00",
        "nothing → loud until Tue 24 Nov, 04:12 (Asia/Tokyo)",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_reads_the_same_in_its_answer_and_in_the_audit(name: str) -> None:
    rule, before, after, expected = CHANGES[name]
    moment = datetime(2026, 11, 21, 19, 12, tzinfo=UTC)
    entry = Entry(act="x.set", who="limner", before={rule: before}, after={rule: after}, at=moment, number=3)
    assert expected in says.entry_page(entry, zone="Asia/Tokyo").text
    listed = says.audit_page([entry], older="", zone="Asia/Tokyo").text
    assert expected.rpartition(": ")[2] in listed
    assert "group:" not in listed
    assert "+00:00" not in listed
