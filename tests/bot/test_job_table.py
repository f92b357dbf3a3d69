"""The table of legal moves: whatever happens to a job, it comes to an end and never leaves it."""

from hypothesis import given
from hypothesis import strategies as st

from bot.model import MOVES, RUNNING, UNCOUNTED, UNFINISHED, WAITING, State


@given(st.lists(st.integers(0, 10), max_size=60))
def test_any_walk_through_the_table_stays_over_once_it_is_over(choices: list[int]) -> None:
    state = State.QUEUED
    for choice in choices:
        moves = sorted(MOVES[state])
        if not moves:
            assert state.over
            assert state not in UNFINISHED
            return
        state = moves[choice % len(moves)]


def test_every_state_has_its_moves_and_leads_to_an_end() -> None:
    assert set(MOVES) == set(State)
    for start in State:
        seen, new = {start}, {start}
        while new:
            new = {move for state in new for move in MOVES[state]} - seen
            seen |= new
        assert any(state.over for state in seen)


def test_only_what_can_still_become_an_image_counts() -> None:
    assert {state for state in State if state.counts} == {
        State.QUEUED,
        State.SUBMITTING,
        State.SUBMITTED,
        State.GENERATED,
        State.DELIVERED,
    }
    assert not RUNNING & WAITING
    assert {State.HELD} == UNCOUNTED & WAITING, "what waits for a reviewer counts once it is let go"
    assert all(State.DELIVERED not in MOVES[state] for state in UNCOUNTED), "what was given back is never delivered"
