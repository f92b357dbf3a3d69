"""What `sums` must hold, worked out from the jobs anew: for tests that compare, and for benches that write jobs past the triggers."""

from itertools import product

from sqlalchemy import Connection

from storage.journal.uses import DAY, QUARTER

_KEY = "place, span, start, provider, model, operation"
_PLACES = ("'workspace:' || platform || ':' || workspace", "'channel:' || platform || ':' || workspace || ':' || channel")
_AMOUNTS = {"counted": "charge AS images, money, 0 AS spent", "paid": "0 AS images, 0 AS money, spent"}


def _parts() -> str:
    return " UNION ALL ".join(
        f"SELECT {place} AS place, {span} AS span, {moment} - {moment} % {span} AS start, provider, model, operation, {amounts} FROM jobs"  # noqa: S608 - words of our own
        for place, span, (moment, amounts) in product(_PLACES, (DAY, QUARTER), _AMOUNTS.items())
    )


_ANEW = (
    f"SELECT {_KEY}, SUM(images), SUM(money), SUM(spent) FROM ({_parts()}) AS parts GROUP BY {_KEY} "  # noqa: S608 - words of our own
    "HAVING SUM(images) <> 0 OR SUM(money) <> 0 OR SUM(spent) <> 0"
)


def differences(connection: Connection) -> list[tuple[object, ...]]:
    """Rows of `sums` that the jobs do not add up to, and sums of jobs that are not there."""
    kept = f"SELECT {_KEY}, images, money, spent FROM sums WHERE images <> 0 OR money <> 0 OR spent <> 0"  # noqa: S608 - words of our own
    found = connection.exec_driver_sql(f"SELECT * FROM (SELECT * FROM ({_ANEW}) AS a EXCEPT {kept}) AS b")  # noqa: S608 - words of our own
    more = connection.exec_driver_sql(f"SELECT * FROM ({kept} EXCEPT SELECT * FROM ({_ANEW}) AS a) AS b")  # noqa: S608 - words of our own
    return [tuple(row) for row in (*found, *more)]


def add_up(connection: Connection) -> None:
    """Fill `sums` from the jobs; it must be empty."""
    connection.exec_driver_sql(f"INSERT INTO sums ({_KEY}, images, money, spent) {_ANEW}")
