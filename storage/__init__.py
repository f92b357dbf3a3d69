"""Where things are kept: the journal (jobs, people, rules), the queue that wakes workers, and the files.

**The rule.** Storage imports `bot.ports`, `bot.model` and `bot.errors`, and nobody imports storage but `bot.app`. The journal is the
truth: the queue and the files may be lost and the journal says what to do; nothing is known only to them.

    journal/      the Store: SQLAlchemy Core over SQLite and PostgreSQL alike
    schema.py     its tables and indices
    migrations/   Alembic, run from code
    queue/        the Queue: pgqueuer, in memory or on PostgreSQL
    files.py      the Files: a folder or a bucket
    vault.py      what plugins remember, encrypted, in the journal's database
    lock.py       one process for an embedded journal, because its queue is in that process's memory

**To add a question to the journal**
1. Add the method to `bot.ports.Store`, with what it raises.
2. Write it in the family it belongs to (`journal/jobs.py`, `posts.py`, `people.py`): one method, one transaction, one plain function
   over a `Connection`; a read is one statement.
3. Give it an index in `schema.py`, and its plan a line in `tests/storage/test_journal_plans.py`: a million jobs is the measure.
4. Add its sentences to `tests/contracts/test_store.py`; they run on SQLite in memory, on a SQLite file and on PostgreSQL.

**To change the tables**
1. Change `schema.py`.
2. Add `migrations/versions/v<number>_<what>.py` that does the same to a journal that is full, and its number to `schema.REVISIONS`.
   A released revision is never changed. Columns are added with a default or as null, so that the old code still runs beside the new.
3. `tests/storage/test_journal_migrations.py` compares what the migrations make with what `schema.py` says.

**Reasons**
- *A quota is a question, never a counter.* A counter drifts with every crash between two writes; the sum over an index that carries what
  each job counts cannot, and takes far under a millisecond. It is asked in the transaction that enqueues, one at a time for
  each person: by SQLite's one writer, by an advisory lock on PostgreSQL.
- *A noun is kept as a document, and what is asked for beside it as columns.* A field added to a noun needs no migration.
- *Moves are compare-and-swap.* Locks are never held over a call to a vendor; whoever comes second is told `Overtaken`.
- *SQLite without an async driver.* See `journal/sqlite.py` for the figures.
- *SQLite is not synced for every job.* What a killed process wrote is there; a power cut may take the last second, never the file's order.
"""
