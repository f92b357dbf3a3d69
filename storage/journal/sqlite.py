"""SQLite runs pieces of work in threads of its own; what arrives while the writing thread is busy shares the next transaction.

A piece runs whole in one thread: a driver that crosses threads for every call (aiosqlite) was measured at 1.4 ms for a transaction of
three statements, this at 0.2 ms, and a task that is cancelled cannot leave a transaction half done. Pieces that share a transaction have a
savepoint each, so that one that fails takes back what it did and nothing else; nobody hears of success before the commit.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event

from storage.journal.faults import PATIENCE, translated

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")
Work = Callable[[Connection], Any]
_READERS = 2
"""Threads that read a SQLite file beside the one that writes; more only wait for the interpreter."""
_TOGETHER = 16
"""Pieces of work in one go, at most: about 3 ms, which whoever comes next must wait."""


class Sqlite:
    """A SQLite file with one thread that writes and a few that read, or a database in memory with one thread for both."""

    def __init__(self, path: str) -> None:
        if path == ":memory:":
            self._writer = self._reader = _Threads(":memory:", 1, begin="BEGIN IMMEDIATE")
        else:
            file = Path(path).expanduser()
            file.parent.mkdir(parents=True, exist_ok=True)
            # One writer: SQLite has but one at a time anyway, and ours wait in order, where its own lock waits by sleeping.
            # IMMEDIATE, because a reader that turns into a writer half-way is refused, whatever it is willing to wait.
            self._writer = _Threads(str(file), 1, begin="BEGIN IMMEDIATE")
            self._reader = _Threads(str(file), _READERS, begin=None)

    async def write(self, work: Callable[[Connection], T], *, then: "Callable[[AsyncConnection, T], Awaitable[None]] | None" = None) -> T:
        """As the protocol says, in the one thread that writes. ValueError for `then`."""
        if then is not None:
            raise ValueError("A queue shares the journal's transaction on PostgreSQL only; with SQLite it is in memory.")
        return await self._writer.run(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """As the protocol says, in a thread that reads."""
        return await self._reader.run(work)

    async def tidy(self) -> bool:
        """Write what is in the log into the file and empty the log, which keeps what was deleted; in the file it is overwritten at once."""
        return await self._writer.aside("PRAGMA wal_checkpoint(TRUNCATE)") == 0

    async def close(self) -> None:
        """End the threads, when what they do is done."""
        await self._reader.close()
        if self._writer is not self._reader:
            await self._writer.close()


@dataclass(frozen=True, kw_only=True, eq=False)
class _Piece:
    """Work that somebody waits for."""

    work: Work
    answer: asyncio.Future[Any]


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """What came of a piece of work."""

    result: Any = None
    error: BaseException | None = None


class _Threads:
    """Threads with a SQLite connection each. Everything but the work itself happens on the event loop."""

    def __init__(self, path: str, count: int, *, begin: str | None) -> None:
        self._count = count
        self._waiting: deque[_Piece] = deque()
        self._rounds: set[asyncio.Future[list[_Outcome]]] = set()
        self._begins = begin is not None
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="journal")
        # Connections between two rounds: to take one from SQLAlchemy's pool and give it back costs as much as a short statement.
        self._idle: list[Connection] = []
        self._engine = create_engine(
            URL.create("sqlite", database=path),
            # An error's text goes into the log, and a statement's values hold prompts.
            hide_parameters=True,
            poolclass=QueuePool,
            pool_size=count,
            max_overflow=0,
            connect_args={"timeout": PATIENCE, "check_same_thread": False},
            # Without a BEGIN each statement is its own transaction, which is what a single read wants.
            **({} if begin else {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}),
        )
        _prepare(self._engine, begin)

    async def run(self, work: Callable[[Connection], T]) -> T:
        """What `work` gives, once it is committed. Work that nobody waits for any more when its turn comes is not begun."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Piece(work=work, answer=answer))
        self._go_on()
        return await answer

    async def aside(self, statement: str) -> object:
        """The first word of what a statement outside any transaction gives."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._say_aside, statement)

    def _say_aside(self, statement: str) -> object:
        with translated():
            connection = self._idle.pop() if self._idle else self._engine.connect()
            driver: Any = connection.connection.driver_connection
            try:
                return driver.execute(statement).fetchone()[0]
            finally:
                self._idle.append(connection)

    async def close(self) -> None:
        """End what is at work, drop what waits."""
        while self._waiting:
            self._waiting.popleft().answer.cancel()
        if self._rounds:
            await asyncio.wait(self._rounds)
        await asyncio.get_running_loop().run_in_executor(self._pool, self._disconnect)
        self._pool.shutdown()

    def _disconnect(self) -> None:
        while self._idle:
            self._idle.pop().close()
        self._engine.dispose()

    def _go_on(self) -> None:
        if len(self._rounds) == self._count:
            return
        pieces: list[_Piece] = []
        while self._waiting and len(pieces) < _TOGETHER:
            piece = self._waiting.popleft()
            if not piece.answer.cancelled():
                pieces.append(piece)
        if pieces:
            round_ = asyncio.get_running_loop().run_in_executor(self._pool, self._transact, [piece.work for piece in pieces])
            self._rounds.add(round_)
            round_.add_done_callback(partial(self._answer, pieces))

    def _answer(self, pieces: Sequence[_Piece], round_: "asyncio.Future[list[_Outcome]]") -> None:
        self._rounds.discard(round_)
        error = round_.exception()
        outcomes = round_.result() if error is None else [_Outcome(error=error)] * len(pieces)
        for piece, outcome in zip(pieces, outcomes, strict=True):
            if piece.answer.done():
                continue
            if outcome.error is not None:
                piece.answer.set_exception(outcome.error)
            else:
                piece.answer.set_result(outcome.result)
        self._go_on()

    def _transact(self, works: Sequence[Work]) -> list[_Outcome]:
        """Run pieces of work in one transaction, in a thread."""
        with translated():
            connection = self._idle.pop() if self._idle else self._engine.connect()
            try:
                with connection.begin():
                    if len(works) == 1:
                        outcomes = [_Outcome(result=works[0](connection))]
                    else:
                        outcomes = [self._attempt(connection, work) for work in works]
            except BaseException:
                # Whatever state it is in, the next round gets another.
                connection.close()
                raise
            self._idle.append(connection)
            return outcomes

    def _attempt(self, connection: Connection, work: Work) -> _Outcome:
        if self._begins:
            _say(connection, "SAVEPOINT piece")
        try:
            with translated():
                outcome = _Outcome(result=work(connection))
        except Exception as error:  # noqa: BLE001 - it goes to whoever waits for this piece; the others are not concerned
            outcome = _Outcome(error=error)
            if self._begins:
                _say(connection, "ROLLBACK TO piece")
        if self._begins:
            _say(connection, "RELEASE piece")
        return outcome


def _prepare(engine: Engine, begin: str | None) -> None:
    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:  # pyright: ignore[reportUnusedFunction] - SQLAlchemy calls it
        # Python would start transactions by itself, too late and as DEFERRED.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    if begin:

        @event.listens_for(engine, "begin")
        def start(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction] - SQLAlchemy calls it
            _say(connection, begin)


def _say(connection: Connection, statement: str) -> None:
    """To the driver itself: SQLAlchemy's way to it takes ten times as long."""
    driver: Any = connection.connection.driver_connection
    driver.execute(statement).close()
