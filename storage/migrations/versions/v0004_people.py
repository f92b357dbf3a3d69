"""What rules and people need: money and accounts on jobs, rules of every kind, links, cases, the audit."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_UPLOAD = re.compile(r"\b(?:sources|masks)/\d{4}/\d{2}/[0-9a-f]{64}\.[a-z]+")
_DRAWN_BY = ("provider", "model", "operation")


def upgrade() -> None:
    """Go to this revision."""
    _jobs()
    _rules()
    _people()
    _audit()
    _cases()
    _records()
    _sums()


def downgrade() -> None:
    """Go back before it. Rules go back to the quotas of before; what is new is lost."""
    for name, *_ in _triggers():
        _say(f"DROP TRIGGER {name}" if _sqlite() else f"DROP FUNCTION {name}() CASCADE")
    op.drop_table("sums")
    for table in ("erasures", "inputs", "cases", "aliases", "audit", "codes", "links"):
        op.drop_table(table)
    op.drop_index("ix_events_taken", "events")
    op.drop_column("people", "groups")
    op.create_table(
        "old_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False),
        sa.Column("kind", _KEY, nullable=False),
        sa.Column("subject", _KEY, nullable=False),
        sa.Column("window", _KEY, nullable=True),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("by", _KEY, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rules" if _sqlite() else "pk_old_rules"),
    )
    op.execute(
        sa.text(
            'INSERT INTO old_rules (kind, subject, "window", amount, "by", created) SELECT kind, substr(subject, 8), '
            "CASE WHEN kind = 'quota' THEN substr(slot, 8) END, "
            "CASE WHEN kind = 'quota' AND value <> 'unlimited' THEN CAST(value AS INTEGER) END, \"by\", created FROM rules "
            "WHERE subject LIKE 'person:%' AND (kind = 'reset' OR (kind = 'quota' AND slot IN ('images/day', 'images/month')))"
        )
    )
    op.create_table(
        "preferences",
        sa.Column("subject", _KEY, nullable=False),
        sa.Column("name", _KEY, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("by", _KEY, nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "name", name="pk_preferences"),
        sqlite_with_rowid=False,
    )
    op.execute(
        sa.text(
            'INSERT INTO preferences (subject, name, value, "by", changed) '
            "SELECT substr(subject, CASE WHEN subject LIKE 'channel:%' THEN 9 ELSE 11 END), slot, value, \"by\", created FROM rules "
            "WHERE kind = 'option' AND (subject LIKE 'channel:%' OR subject LIKE 'workspace:%')"
        )
    )
    op.drop_table("rules")
    op.rename_table("old_rules", "rules")
    if not _sqlite():
        op.execute(sa.text("ALTER TABLE rules RENAME CONSTRAINT pk_old_rules TO pk_rules"))
    op.create_index("ix_rules_subject", "rules", ["subject", "created"])
    for index in (
        "ix_jobs_account",
        "ix_jobs_blocked",
        "ix_jobs_counted",
        "ix_jobs_counted_here",
        "ix_jobs_paid_here",
        "ix_jobs_live",
        "ix_jobs_over",
    ):
        op.drop_index(index, "jobs")
    op.create_index("ix_jobs_live", "jobs", ["person", "state"], sqlite_where=sa.text("live = 1"), postgresql_where=sa.text("live = 1"))
    op.create_index("ix_jobs_person", "jobs", ["person", "created", "id", "charge"])
    for column in ("account", "operation", "money", "spent", "counted", "paid", "images", "reused", "kept"):
        op.drop_column("jobs", column)


def _jobs() -> None:
    for name in ("account", "operation"):
        op.add_column("jobs", sa.Column(name, _KEY, nullable=False, server_default=""))
    for name in ("money", "spent", "counted", "paid"):
        op.add_column("jobs", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    postgres = op.get_bind().dialect.name == "postgresql"
    cost = "document::json ->> 'cost'" if postgres else "json_extract(document, '$.cost')"
    operation = "document::json -> 'request' ->> 'operation'" if postgres else "json_extract(document, '$.request.operation')"
    # Rounded up as the code does; the last digit of what SQLite calls NUMERIC is not to be trusted.
    exact = f"CAST({cost} AS NUMERIC) * 1000000"
    whole = f"CAST(ROUND({exact}) AS BIGINT)"
    micro = f"COALESCE({whole} + CASE WHEN {exact} - {whole} > 0.000001 THEN 1 ELSE 0 END, 0)"
    op.execute(
        sa.text(
            "UPDATE jobs SET account = person, counted = created, paid = created, "  # noqa: S608 - words of our own
            f"operation = COALESCE({operation}, 'draw'), spent = {micro}, "
            f"money = CASE WHEN charge > 0 AND state <> 'held' THEN {micro} ELSE 0 END, "
            "charge = CASE WHEN state = 'held' THEN 0 ELSE charge END"
        )
    )
    op.drop_index("ix_jobs_person", "jobs")
    op.drop_index("ix_jobs_live", "jobs")
    op.create_index("ix_jobs_live", "jobs", ["account", "state"], sqlite_where=sa.text("live = 1"), postgresql_where=sa.text("live = 1"))
    op.create_index("ix_jobs_account", "jobs", ["account", "created", "id"])
    blocked = sa.text("state = 'blocked'")
    op.create_index("ix_jobs_blocked", "jobs", ["account", "created"], sqlite_where=blocked, postgresql_where=blocked)
    op.create_index("ix_jobs_counted", "jobs", ["account", "counted", *_DRAWN_BY, "charge", "money"])
    here = ("platform", "workspace")
    op.create_index("ix_jobs_counted_here", "jobs", [*here, "counted", "channel", *_DRAWN_BY, "charge", "money"])
    op.create_index("ix_jobs_paid_here", "jobs", [*here, "paid", "channel", *_DRAWN_BY, "spent"])


def _rules() -> None:
    op.create_table(
        "new_rules",
        sa.Column("kind", _KEY, nullable=False),
        sa.Column("subject", _KEY, nullable=False),
        sa.Column("slot", _KEY, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("by", _KEY, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("workspace", _KEY, nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", "slot", name="pk_rules" if _sqlite() else "pk_new_rules"),
        sqlite_with_rowid=False,
    )
    # Of several about the same, the newest stood. A subject was a person's key, `platform:workspace:id`.
    rows = op.get_bind().execute(sa.text('SELECT kind, subject, "window", amount, "by", created FROM rules ORDER BY created, id')).all()
    standing: dict[tuple[str, str, str], dict[str, object]] = {}
    for kind, subject, window, amount, by, created in rows:
        if kind not in {"quota", "reset"} or subject.count(":") < 2:  # noqa: PLR2004 - two colons part three words
            continue
        slot = f"images/{window}" if kind == "quota" else ""
        value = "done" if kind == "reset" else "unlimited" if amount is None else str(amount)
        workspace = ":".join(subject.split(":")[:2])
        values = {"kind": kind, "subject": f"person:{subject}", "slot": slot, "value": value}
        standing[kind, subject, slot] = {**values, "by": by, "created": created, "workspace": workspace}
    # A preference of `platform:workspace` or of `platform:workspace:channel` was a rule all along.
    for subject, name, value, by, changed in op.get_bind().execute(sa.text('SELECT subject, name, value, "by", changed FROM preferences')):
        about = f"{'channel' if subject.count(':') > 1 else 'workspace'}:{subject}"
        values = {"kind": "option", "subject": about, "slot": name, "value": value}
        workspace = ":".join(subject.split(":")[:2])
        standing["option", about, name] = {**values, "by": by, "created": changed, "workspace": workspace}
    columns = ("kind", "subject", "slot", "value", "by", "created", "workspace")
    table = sa.table("new_rules", *(sa.column(name, sa.BigInteger() if name == "created" else sa.Text()) for name in columns))
    if standing:
        op.bulk_insert(table, list(standing.values()))
    op.drop_table("rules")
    op.drop_table("preferences")
    op.rename_table("new_rules", "rules")
    if not _sqlite():
        op.execute(sa.text("ALTER TABLE rules RENAME CONSTRAINT pk_new_rules TO pk_rules"))
    op.create_index("ix_rules_subject", "rules", ["subject"])
    op.create_index("ix_rules_workspace", "rules", ["workspace"])


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _people() -> None:
    op.create_table(
        "links",
        sa.Column("person", _KEY, nullable=False),
        sa.Column("account", _KEY, nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_links"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_links_account", "links", ["account"])
    op.create_table(
        "codes",
        sa.Column("digest", _KEY, nullable=False),
        sa.Column("person", _KEY, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_codes"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_codes_person", "codes", ["person"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, _KEY, nullable=False) for name in ("act", "who", "about", "platform", "workspace", "channel", "job", "trace")),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", _KEY, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    op.create_index("ix_audit_workspace", "audit", ["platform", "workspace", "number"])
    op.create_index("ix_audit_act", "audit", ["platform", "workspace", "act", "number"])
    for name in ("who", "about", "job"):
        op.create_index(f"ix_audit_{name}", "audit", [name, "number"])
    op.create_table(
        "aliases",
        sa.Column("alias", _KEY, nullable=False),
        sa.Column("person", _KEY, nullable=False),
        sa.PrimaryKeyConstraint("alias", name="pk_aliases"),
        sa.UniqueConstraint("person", name="uq_aliases_person"),
        sqlite_with_rowid=False,
    )


def _cases() -> None:
    op.create_table(
        "cases",
        *(sa.Column(name, _KEY, nullable=False) for name in ("id", "kind", "state")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("job", _KEY),
        *(sa.Column(name, _KEY, nullable=False) for name in ("person", "platform", "workspace")),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("post", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sqlite_with_rowid=False,
    )
    is_open = sa.text("state = 'open'")
    op.create_index("ix_cases_workspace", "cases", ["platform", "workspace", "state", "opened"])
    op.create_index("ix_cases_person", "cases", ["person"])
    op.create_index("ix_cases_job", "cases", ["job"])
    untold = sa.text("shown < version")
    op.create_index("ix_cases_untold", "cases", ["opened"], sqlite_where=untold, postgresql_where=untold)
    op.create_index("ix_cases_deadline", "cases", ["deadline"], sqlite_where=is_open, postgresql_where=is_open)
    op.create_index("ix_cases_open", "cases", ["job", "kind"], unique=True, sqlite_where=is_open, postgresql_where=is_open)


def _records() -> None:
    op.add_column("people", sa.Column("groups", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_events_taken", "events", ["taken"])
    op.create_table(
        "inputs",
        sa.Column("job", _KEY, sa.ForeignKey("jobs.id", name="fk_inputs_job", ondelete="CASCADE"), nullable=False),
        sa.Column("key", _KEY, nullable=False),
        sa.PrimaryKeyConstraint("job", "key", name="pk_inputs"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_inputs_key", "inputs", ["key"])
    op.create_table(
        "erasures",
        sa.Column("account", _KEY, nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_erasures"),
        sqlite_with_rowid=False,
    )
    for name, kind in (("images", sa.Integer()), ("reused", sa.SmallInteger()), ("kept", sa.SmallInteger())):
        op.add_column("jobs", sa.Column(name, kind, nullable=False, server_default="0"))
    postgres = op.get_bind().dialect.name == "postgresql"
    images = "json_array_length(document::json -> 'images')" if postgres else "json_array_length(document, '$.images')"
    reuse = "document::json ->> 'reuse'" if postgres else "json_extract(document, '$.reuse')"
    op.execute(
        sa.text(
            f"UPDATE jobs SET images = CASE WHEN state = 'delivered' THEN COALESCE({images}, 0) ELSE 0 END, "  # noqa: S608 - words of our own
            f"reused = CASE WHEN COALESCE({reuse}, '') <> '' THEN 1 ELSE 0 END, "
            f"kept = CASE WHEN COALESCE({images}, 0) > 0 AND NOT EXISTS "
            "(SELECT 1 FROM marks WHERE marks.job = jobs.id AND marks.kind = 'deleted') THEN 3 ELSE 1 END"
        )
    )
    _inputs()
    columns = (
        "platform",
        "workspace",
        "created",
        "state",
        "provider",
        "model",
        "account",
        "images",
        "reused",
        "spent",
        "started",
        "finished",
    )
    over = sa.text("live = 0")
    op.create_index("ix_jobs_over", "jobs", [*columns, "kept", "live"], sqlite_where=over, postgresql_where=over)


def _inputs() -> None:
    """Which uploads the jobs of before start from."""
    bind, last = op.get_bind(), ""
    query = sa.text("SELECT id, document FROM jobs WHERE id > :last ORDER BY id LIMIT 500")
    while rows := bind.execute(query, {"last": last}).all():
        last = rows[-1][0]
        pairs = sorted({(job, key) for job, document in rows for key in _UPLOAD.findall(document)})
        if pairs:
            bind.execute(sa.text("INSERT INTO inputs (job, key) VALUES (:job, :key)"), [{"job": job, "key": key} for job, key in pairs])


# Each job counts in four sums: of its workspace and of its channel, by day and by quarter of an hour; always in this order, so that two
# transactions never wait for each other.
_SUMMED = """
INSERT INTO sums (place, span, start, provider, model, operation, images, money, spent)
SELECT place, span, {job}.{moment} - {job}.{moment} % span, {job}.provider, {job}.model, {job}.operation, {images}, {money}, {spent}
FROM (
  SELECT 1 AS turn, 'workspace:' || {job}.platform || ':' || {job}.workspace AS place, 86400000000 AS span
  UNION ALL SELECT 2, 'workspace:' || {job}.platform || ':' || {job}.workspace, 900000000
  UNION ALL SELECT 3, 'channel:' || {job}.platform || ':' || {job}.workspace || ':' || {job}.channel, 86400000000
  UNION ALL SELECT 4, 'channel:' || {job}.platform || ':' || {job}.workspace || ':' || {job}.channel, 900000000
) AS places
WHERE {where}
ORDER BY turn
ON CONFLICT (place, span, start, provider, model, operation) DO UPDATE
SET images = sums.images + excluded.images, money = sums.money + excluded.money, spent = sums.spent + excluded.spent;
"""
_AMOUNTS = ("charge", "money", "spent")
_PLACED = ("platform", "workspace", "channel", *_DRAWN_BY, "counted", "paid")


def _sums() -> None:
    op.create_table(
        "sums",
        *(sa.Column(name, _KEY if name == "place" else sa.BigInteger(), nullable=False) for name in ("place", "span", "start")),
        *(sa.Column(name, _KEY, nullable=False) for name in _DRAWN_BY),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("images", "money", "spent")),
        sa.PrimaryKeyConstraint("place", "span", "start", *_DRAWN_BY, name="pk_sums"),
        sqlite_with_rowid=False,
    )
    # What the jobs of before count for: each moved by nothing, as a trigger would see it.
    places = (
        "'workspace:' || platform || ':' || workspace",
        "'channel:' || platform || ':' || workspace || ':' || channel",
    )
    for place in places:
        for span in (86_400_000_000, 900_000_000):
            _say(
                "INSERT INTO sums (place, span, start, provider, model, operation, images, money, spent) "  # noqa: S608 - words of our own
                f"SELECT {place}, {span}, counted - counted % {span}, provider, model, operation, SUM(charge), SUM(money), SUM(spent) "
                f"FROM jobs WHERE charge <> 0 OR money <> 0 OR spent <> 0 GROUP BY 1, 2, 3, 4, 5, 6"
            )
    for name, when, condition, statements in _triggers():
        if _sqlite():
            _say(f"CREATE TRIGGER {name} AFTER {when} ON jobs WHEN {condition} BEGIN {statements} END")
            continue
        _say(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statements} RETURN NULL; END $$")
        _say(f"CREATE TRIGGER {name} AFTER {when} ON jobs FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()")


def _triggers() -> list[tuple[str, str, str, str]]:
    """Name, event, condition and statements of each trigger that keeps `sums` equal to the jobs."""
    stays = " AND ".join(f"NEW.{name} = OLD.{name}" for name in _PLACED)
    changes = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _AMOUNTS)
    update = f"UPDATE OF {', '.join((*_AMOUNTS, *_PLACED))}"
    taken, given = [f"NEW.{name}" for name in _AMOUNTS], [f"-OLD.{name}" for name in _AMOUNTS]
    return [
        ("sums_take", "INSERT", " OR ".join(f"{amount} <> 0" for amount in taken), _add("NEW", taken)),
        ("sums_give", "DELETE", " OR ".join(f"{amount} <> 0" for amount in given), _add("OLD", given)),
        ("sums_change", update, f"({stays}) AND ({changes})", _add("NEW", [f"(NEW.{name} - OLD.{name})" for name in _AMOUNTS])),
        ("sums_move", update, f"NOT ({stays})", _add("OLD", given) + _add("NEW", taken)),
    ]


def _add(job: str, amounts: list[str]) -> str:
    """The statements that add three amounts of a job to the sums: images and money by `counted`, what was spent by `paid`."""
    images, money, spent = amounts
    at_once = f"{job}.counted = {job}.paid"
    with_all = f"CASE WHEN {at_once} THEN {spent} ELSE 0 END"
    counted = _SUMMED.format(
        job=job,
        moment="counted",
        images=images,
        money=money,
        spent=with_all,
        where=f"{images} <> 0 OR {money} <> 0 OR ({at_once} AND {spent} <> 0)",
    )
    paid = _SUMMED.format(job=job, moment="paid", images=0, money=0, spent=spent, where=f"NOT ({at_once}) AND {spent} <> 0")
    return counted + paid


def _say(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement)
