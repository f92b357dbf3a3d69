"""The tables of the journal, as SQLAlchemy Core sees them; `migrations/` makes and changes them.

What is asked for is a column, and every question has its index; the whole noun is beside it as a JSON document, so that a field
added to a noun needs no migration. Moments are integer microseconds since 1970 UTC, the one form that both databases sort, compare
and give back unchanged. Money is integer micro-dollars, for the same reason.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    and_,
    literal_column,
)
from sqlalchemy.sql.elements import ColumnElement

REVISIONS = ("0001", "0002", "0003", "0004")
"""Every revision in `migrations/versions`, oldest first: known here so that opening an up-to-date journal need not load Alembic."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

# Keys compare byte by byte on SQLite; PostgreSQL would follow the language of the server, and prefixes would not be ranges.
KEY = Text().with_variant(Text(collation="C"), "postgresql")
MOMENT = BigInteger()
MONEY = BigInteger()

jobs = Table(
    "jobs",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("person", KEY, nullable=False),
    # Whom it counts for: the person, or all that the person linked. Linking rewrites it; the document keeps what was true at first.
    Column("account", KEY, nullable=False),
    Column("platform", KEY, nullable=False),
    Column("workspace", KEY, nullable=False),
    Column("channel", KEY, nullable=False),
    Column("operation", KEY, nullable=False),
    Column("state", KEY, nullable=False),
    # 1 while the job is not over. A column and not a list of states, so that a new state needs no new index.
    Column("live", SmallInteger, nullable=False),
    Column("version", Integer, nullable=False),
    # The version that the job's card shows; null while it has no card.
    Column("shown", Integer),
    Column("provider", KEY, nullable=False),
    Column("model", KEY, nullable=False),
    Column("priority", Integer, nullable=False),
    # Images and micro-dollars that count for the person, 0 once the job gave them back; micro-dollars that the team paid.
    Column("charge", Integer, nullable=False),
    Column("money", MONEY, nullable=False),
    Column("spent", MONEY, nullable=False),
    # From when it counts for its person, and from when for the team's money: its creation, or when a reviewer let it go.
    Column("counted", MOMENT, nullable=False),
    Column("paid", MOMENT, nullable=False),
    Column("parent", KEY),
    Column("created", MOMENT, nullable=False),
    Column("changed", MOMENT, nullable=False),
    Column("due", MOMENT),
    Column("started", MOMENT),
    Column("finished", MOMENT),
    Column("deadline", MOMENT, nullable=False),
    # What was really asked, as a digest; null where asking again gives something else.
    Column("likeness", KEY),
    # How many images it gave people, also when they are not kept any more, and 1 where it gave those of an earlier job.
    Column("images", Integer, nullable=False),
    Column("reused", SmallInteger, nullable=False),
    # What is still kept of it, in the sense of `kept`: words and pictures.
    Column("kept", SmallInteger, nullable=False),
    Column("document", Text, nullable=False),
)

# Conditions of partial indices. Questions repeat them word for word, with literals: a bound value could be anything when the question
# is planned, and the index would not be used.
LIVE: ColumnElement[bool] = jobs.c.live == literal_column("1")
OVER: ColumnElement[bool] = jobs.c.live == literal_column("0")
BEHIND: ColumnElement[bool] = and_(jobs.c.live == literal_column("0"), jobs.c.shown < jobs.c.version)
DELIVERED: ColumnElement[bool] = jobs.c.state == literal_column("'delivered'")
BLOCKED: ColumnElement[bool] = jobs.c.state == literal_column("'blocked'")


def _partial(name: str, *columns: Column[object] | ColumnElement[object], where: ColumnElement[bool]) -> Index:
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


# What a person has on the way; what everybody has on the way.
_partial("ix_jobs_live", jobs.c.account, jobs.c.state, where=LIVE)
# The order in which a provider's jobs run.
_partial("ix_jobs_queue", jobs.c.provider, jobs.c.state, jobs.c.priority.desc(), jobs.c.created, jobs.c.id, where=LIVE)
# Over, but the card does not say so yet: nearly always empty.
_partial("ix_jobs_behind", jobs.c.changed, where=BEHIND)
# How long a model takes.
_partial("ix_jobs_pace", jobs.c.provider, jobs.c.model, jobs.c.finished, jobs.c.started, where=DELIVERED)
# An account's newest jobs.
Index("ix_jobs_account", jobs.c.account, jobs.c.created, jobs.c.id)
# Quotas of accounts are sums of charges since a moment, answered from the index alone. Those of channels and workspaces go over too many
# rows for that: they are answered from `sums`, and only their first minutes from here.
_drawn_by = (jobs.c.provider, jobs.c.model, jobs.c.operation)
Index("ix_jobs_counted", jobs.c.account, jobs.c.counted, *_drawn_by, jobs.c.charge, jobs.c.money)
_here = (jobs.c.platform, jobs.c.workspace)
Index("ix_jobs_counted_here", *_here, jobs.c.counted, jobs.c.channel, *_drawn_by, jobs.c.charge, jobs.c.money)
Index("ix_jobs_paid_here", *_here, jobs.c.paid, jobs.c.channel, *_drawn_by, jobs.c.spent)
# What counts against somebody: few of many.
_partial("ix_jobs_blocked", jobs.c.account, jobs.c.created, where=BLOCKED)
# A job that drew the same before.
_partial("ix_jobs_likeness", jobs.c.likeness, jobs.c.platform, jobs.c.workspace, jobs.c.finished, where=DELIVERED)
# Statistics and what is kept too long, answered from the index alone. Only what is over: so each job is written into it once.
# `live` as well, though it is 0 throughout: without it SQLite looks each row up.
_told = (jobs.c.images, jobs.c.reused, jobs.c.spent, jobs.c.started, jobs.c.finished, jobs.c.kept, jobs.c.live)
_names = (jobs.c.state, jobs.c.provider, jobs.c.model, jobs.c.account)
_partial("ix_jobs_over", jobs.c.platform, jobs.c.workspace, jobs.c.created, *_names, *_told, where=OVER)
# Everybody's newest jobs.
Index("ix_jobs_newest", jobs.c.created, jobs.c.id)

# What the jobs of a channel or workspace count for, by day and quarter of an hour: a month of a workspace is a million jobs, but 30 days
# and 95 quarters. Nobody writes here but the triggers on `jobs` (migration 0004): so it is a sum of the jobs as they stand, at every
# moment, whoever wrote them, and never a counter of its own.
sums = Table(
    "sums",
    metadata,
    # The subject of a rule: `channel:slack:T1:C1`, `workspace:slack:T1`.
    Column("place", KEY, primary_key=True),
    # How long it is, in microseconds, and when it begins: a multiple of that.
    Column("span", MOMENT, primary_key=True),
    Column("start", MOMENT, primary_key=True),
    Column("provider", KEY, primary_key=True),
    Column("model", KEY, primary_key=True),
    Column("operation", KEY, primary_key=True),
    # Of `charge` and `money` by `counted`; of `spent` by `paid`.
    Column("images", BigInteger, nullable=False),
    Column("money", MONEY, nullable=False),
    Column("spent", MONEY, nullable=False),
    sqlite_with_rowid=False,
)

events = Table(
    "events",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("taken", MOMENT, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_events_taken", events.c.taken)

posts = Table(
    "posts",
    metadata,
    Column("job", KEY, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("key", KEY, primary_key=True),
    Column("platform", KEY, nullable=False),
    Column("workspace", KEY, nullable=False),
    Column("channel", KEY, nullable=False),
    Column("post", KEY, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("kept", MOMENT, nullable=False),
    Column("document", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_posts_place", posts.c.platform, posts.c.workspace, posts.c.channel, posts.c.post)

people = Table(
    "people",
    metadata,
    Column("platform", KEY, primary_key=True),
    Column("workspace", KEY, primary_key=True),
    Column("id", KEY, primary_key=True),
    Column("name", Text, nullable=False),
    # The name as it is compared: case folded.
    Column("folded", KEY, nullable=False),
    # Sorted, parted by commas.
    Column("roles", Text, nullable=False),
    Column("zone", Text, nullable=False),
    # Ids of the platform's groups as last seen, sorted, parted by spaces.
    Column("groups", Text, nullable=False),
    Column("seen", MOMENT, nullable=False),
)
Index("ix_people_folded", people.c.platform, people.c.workspace, people.c.folded)
Index("ix_people_id", people.c.platform, people.c.id)

# Admins' decisions as they stand; what stood before is in the audit.
rules = Table(
    "rules",
    metadata,
    Column("kind", KEY, primary_key=True),
    Column("subject", KEY, primary_key=True),
    Column("slot", KEY, primary_key=True),
    Column("value", Text, nullable=False),
    Column("by", KEY, nullable=False),
    Column("created", MOMENT, nullable=False),
    Column("until", MOMENT),
    # `platform:workspace` of the subject.
    Column("workspace", KEY, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_rules_subject", rules.c.subject)
Index("ix_rules_workspace", rules.c.workspace)

# Which account a person who linked something belongs to; whoever is not here is an account of one.
links = Table(
    "links",
    metadata,
    Column("person", KEY, primary_key=True),
    Column("account", KEY, nullable=False),
    Column("made", MOMENT, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_links_account", links.c.account)

# Digests of codes that link two people, until they are used.
codes = Table(
    "codes",
    metadata,
    Column("digest", KEY, primary_key=True),
    Column("person", KEY, nullable=False),
    Column("until", MOMENT, nullable=False),
    Column("document", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_codes_person", codes.c.person)

# Who did what. Rows are only added; each digest covers its row and the digest before. People are aliases, so that an erasure need not
# touch a row: it takes the alias away.
audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", MOMENT, nullable=False),
    Column("act", KEY, nullable=False),
    Column("who", KEY, nullable=False),
    Column("about", KEY, nullable=False),
    Column("platform", KEY, nullable=False),
    Column("workspace", KEY, nullable=False),
    Column("channel", KEY, nullable=False),
    Column("job", KEY, nullable=False),
    Column("trace", KEY, nullable=False),
    Column("document", Text, nullable=False),
    Column("digest", KEY, nullable=False),
)
Index("ix_audit_workspace", audit.c.platform, audit.c.workspace, audit.c.number)
Index("ix_audit_who", audit.c.who, audit.c.number)
Index("ix_audit_about", audit.c.about, audit.c.number)
Index("ix_audit_act", audit.c.platform, audit.c.workspace, audit.c.act, audit.c.number)
Index("ix_audit_job", audit.c.job, audit.c.number)

aliases = Table(
    "aliases",
    metadata,
    Column("alias", KEY, primary_key=True),
    Column("person", KEY, nullable=False, unique=True),
    sqlite_with_rowid=False,
)

cases = Table(
    "cases",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("kind", KEY, nullable=False),
    Column("state", KEY, nullable=False),
    Column("version", Integer, nullable=False),
    Column("job", KEY),
    Column("person", KEY, nullable=False),
    Column("platform", KEY, nullable=False),
    Column("workspace", KEY, nullable=False),
    Column("opened", MOMENT, nullable=False),
    Column("deadline", MOMENT, nullable=False),
    Column("document", Text, nullable=False),
    # The version whose consequences were carried out and told, 0 for none; where its card is.
    Column("shown", Integer, nullable=False, server_default="0"),
    Column("post", Text),
    sqlite_with_rowid=False,
)
UNTOLD: ColumnElement[bool] = cases.c.shown < cases.c.version
OPEN: ColumnElement[bool] = cases.c.state == literal_column("'open'")
Index("ix_cases_workspace", cases.c.platform, cases.c.workspace, cases.c.state, cases.c.opened)
Index("ix_cases_person", cases.c.person)
Index("ix_cases_job", cases.c.job)
_partial("ix_cases_deadline", cases.c.deadline, where=OPEN)
# Opened or decided, but not everybody was told yet: nearly always empty.
_partial("ix_cases_untold", cases.c.opened, where=UNTOLD)
# One open case of a kind a job.
Index("ix_cases_open", cases.c.job, cases.c.kind, unique=True, sqlite_where=OPEN, postgresql_where=OPEN)

marks = Table(
    "marks",
    metadata,
    Column("job", KEY, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("image", Integer, primary_key=True),
    Column("person", KEY, primary_key=True),
    Column("kind", KEY, primary_key=True),
    Column("made", MOMENT, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_marks_person", marks.c.person, marks.c.kind, marks.c.made)

# What one machine is doing and no other may do meanwhile; a lease that ended is as good as none.
leases = Table(
    "leases",
    metadata,
    Column("name", KEY, primary_key=True),
    Column("holder", KEY, nullable=False),
    Column("until", MOMENT, nullable=False),
    sqlite_with_rowid=False,
)

# What plugins remember, encrypted (vault.py).
vault = Table(
    "vault",
    metadata,
    Column("owner", KEY, primary_key=True),
    Column("name", KEY, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("changed", MOMENT, nullable=False),
    sqlite_with_rowid=False,
)

# Which uploaded pictures and masks a job starts from: who uploads the same picture shares its file, so it goes with the last that needs it.
inputs = Table(
    "inputs",
    metadata,
    Column("job", KEY, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("key", KEY, primary_key=True),
    sqlite_with_rowid=False,
)
Index("ix_inputs_key", inputs.c.key)

# Accounts that are being erased, until all of it is done.
erasures = Table(
    "erasures",
    metadata,
    Column("account", KEY, primary_key=True),
    Column("asked", MOMENT, nullable=False),
    Column("document", Text, nullable=False),
    sqlite_with_rowid=False,
)

# Which job a service's ticket belongs to: what a webhook names.
tickets = Table(
    "tickets",
    metadata,
    Column("provider", KEY, primary_key=True),
    Column("ticket", KEY, primary_key=True),
    Column("job", KEY, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    sqlite_with_rowid=False,
)
