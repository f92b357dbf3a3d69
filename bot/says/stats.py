"""Statistics: a workspace's jobs of some days, as figures for a chart and as words that say the same."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypeVar

from bot.imaging import Bar, Board, Tile
from bot.model import MICRO, Message, Picture, State, Sums, Tally
from bot.says.words import cut, plural, span

K = TypeVar("K")
_FAILED = (State.FAILED, State.EXPIRED)
_LONGEST_ALT = 1000
"""Characters that every platform takes."""


def board_of(sums: Sums, *, first: date, last: date, top: int) -> Board:
    """What a chart shows of sums, from one day to another."""
    count = (last - first).days + 1
    images, spent = _by((tally.day, tally) for tally in sums.tallies)
    shown = [first + timedelta(days=number) for number in range(count)]
    tallies = sums.tallies
    total = sum(tally.images for tally in tallies)
    jobs = sum(tally.jobs for tally in tallies)
    failed = sum(tally.jobs for tally in tallies if tally.state in _FAILED)
    blocked = sum(tally.jobs for tally in tallies if tally.state is State.BLOCKED)
    delivered = sum(tally.jobs for tally in tallies if tally.state is State.DELIVERED)
    reused = sum(tally.reused for tally in tallies)
    people = [Bar(name=_who(share.name, share.account), images=share.images, dollars=share.spent / MICRO) for share in sums.shares]
    rest = total - sum(share.images for share in sums.shares)
    paid = sum(tally.spent for tally in tallies)
    if sums.people > len(sums.shares):
        left = paid - sum(share.spent for share in sums.shares)
        people.append(Bar(name=plural(sums.people - len(sums.shares), "other"), images=rest, dollars=left / MICRO))
    return Board(
        title="Today" if count == 1 else f"The last {count} days",
        subtitle=f"{_day(first)} to {_day(last)} {last.year} · {plural(jobs, 'request')} of {_people(sums.people)}",
        tiles=(
            Tile(label="Images", value=f"{total:,}", note=plural(delivered, "job")),
            Tile(label="Money", value=_money(paid), note=f"{_money(paid // total)} an image" if total else ""),
            Tile(label="Time, typical", value=_time(sums.p50), note=f"95 % within {_time(sums.p95)}" if sums.p95 is not None else ""),
            Tile(label="Failed", value=_share(failed, jobs), note=f"{failed:,} of {jobs:,}"),
            Tile(label="Blocked", value=_share(blocked, jobs), note=f"{blocked:,} of {jobs:,}"),
            Tile(label="From the files", value=_share(reused, delivered), note=f"{reused:,} of {delivered:,}"),
        ),
        days=[Bar(name=_day(day), images=images[day], dollars=spent[day] / MICRO) for day in shown],
        models=_models(sums, top),
        people=people,
    )


def stats_words(board: Board) -> str:
    """What the chart shows, in words."""
    figures = "; ".join(f"{tile.label} {tile.value}{f' ({tile.note})' if tile.note else ''}" for tile in board.tiles)
    busiest = max(board.days, key=lambda day: day.images)
    peak = f" Most images: {busiest.images:,} on {busiest.name}." if busiest.images else " Nothing was drawn."
    lists = "".join(f" {title}: {_listed(bars)}." for title, bars in (("Models", board.models), ("People", board.people)) if bars)
    return cut(f"{board.title}, {board.subtitle}. {figures}.{peak}{lists}", _LONGEST_ALT)


def stats_page(board: Board, picture: Picture | None) -> Message:
    """The chart, with the same numbers as text."""
    fields = [(tile.label, f"{tile.value}{f' · {tile.note}' if tile.note else ''}") for tile in board.tiles]
    fields += [(title, _listed(bars)) for title, bars in (("Models", board.models), ("People", board.people)) if bars]
    days = [f"{day.name} {day.images:,}" for day in board.days if day.images][-14:]
    if days:
        fields.append(("Images by day", ", ".join(days)))
    return Message(
        text=stats_words(board),
        title=board.title,
        body=board.subtitle if not board.empty else f"{board.subtitle}. Nothing was asked for yet.",
        fields=tuple(fields),
        pictures=(picture,) if picture else (),
        context="Money is what was really spent, failed jobs included.",
    )


def _models(sums: Sums, top: int) -> list[Bar]:
    images, spent = _by((tally.model, tally) for tally in sums.tallies)
    names = sorted({*images, *spent}, key=lambda name: (-images[name], -spent[name], name))
    bars = [Bar(name=name, images=images[name], dollars=spent[name] / MICRO) for name in names if images[name] or spent[name]]
    if len(bars) <= top + 1:
        return bars
    rest = bars[top:]
    others = Bar(name=plural(len(rest), "other"), images=sum(bar.images for bar in rest), dollars=sum(bar.dollars for bar in rest))
    return [*bars[:top], others]


def _by(tallies: Iterable[tuple[K, Tally]]) -> tuple[defaultdict[K, int], defaultdict[K, int]]:
    images: defaultdict[K, int] = defaultdict(int)
    spent: defaultdict[K, int] = defaultdict(int)
    for name, tally in tallies:
        images[name] += tally.images
        spent[name] += tally.spent
    return images, spent


def _listed(bars: Iterable[Bar]) -> str:
    return ", ".join(f"{cut(bar.name, 60)} {plural(bar.images, 'image')} {_money(round(bar.dollars * MICRO))}" for bar in bars)


def _who(name: str, account: str) -> str:
    id_ = account.rpartition(":")[2]
    return cut(name, 40) or ("somebody erased" if id_ == "erased" or id_.startswith("~") else id_)


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"


def _share(part: int, whole: int) -> str:
    if not whole:
        return "none"
    share = 100 * part / whole
    return f"{share:.1f} %" if 0 < share < 10 else f"{share:.0f} %"  # noqa: PLR2004 - a tenth matters below ten


def _time(seconds: float | None) -> str:
    return "none" if seconds is None else span(seconds)


def _money(micro: int) -> str:
    dollars = micro / MICRO
    if not micro:
        return "$0"
    return f"${dollars:,.2f}" if dollars >= 1 else f"${dollars:.3g}"
