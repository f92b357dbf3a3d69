"""Events are read as they come, in pieces of any size."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.calls import Event, Events, events_of

SAID = b': hello\n\nevent: half\ndata: {"b64_json": "aGk="}\nid: 7\n\ndata: one\ndata:two\n\nevent: done\r\ndata: {"x": 1}\r\n\r\n'
MEANT = [Event(kind="half", text='{"b64_json": "aGk="}'), Event(kind="", text="one\ntwo"), Event(kind="done", text='{"x": 1}')]


@given(cuts=st.lists(st.integers(0, len(SAID)), max_size=12))
def test_pieces_of_any_size_give_the_same_events(cuts: list[int]) -> None:
    bounds = [0, *sorted(cuts), len(SAID)]
    events = Events()
    found = [event for start, stop in pairwise(bounds) for event in events.feed(SAID[start:stop])]
    assert found == MEANT
    assert events.end() == []


def test_an_event_is_there_as_soon_as_its_empty_line_is() -> None:
    events = Events()
    assert events.feed(b"event: half\ndata: {}\n") == []
    assert events.feed(b"\n") == [Event(kind="half", text="{}")]


def test_the_last_empty_line_may_be_left_out() -> None:
    assert events_of(b"event: done\ndata: {}") == [Event(kind="done", text="{}")]


@pytest.mark.parametrize(("text", "data"), [('{"a": 1}', {"a": 1}), ("[1]", {}), ("nonsense", {}), ("[" * 100_000, {})])
def test_what_is_no_object_says_nothing(text: str, data: dict[str, int]) -> None:
    assert Event(kind="", text=text).data == data
