"""The ground: jobs, events, posts, people, rules, marks."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "events",
        sa.Column("key", _KEY, nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_events"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "jobs",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("person", _KEY, nullable=False),
        sa.Column("platform", _KEY, nullable=False),
        sa.Column("workspace", _KEY, nullable=False),
        sa.Column("channel", _KEY, nullable=False),
        sa.Column("state", _KEY, nullable=False),
        sa.Column("live", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=True),
        sa.Column("provider", _KEY, nullable=False),
        sa.Column("model", _KEY, nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("charge", sa.Integer(), nullable=False),
        sa.Column("parent", _KEY, nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("started", sa.BigInteger(), nullable=True),
        sa.Column("finished", sa.BigInteger(), nullable=True),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index(
        "ix_jobs_behind",
        "jobs",
        ["changed"],
        sqlite_where=sa.text("live = 0 AND shown < version"),
        postgresql_where=sa.text("live = 0 AND shown < version"),
    )
    op.create_index("ix_jobs_live", "jobs", ["person", "state"], sqlite_where=sa.text("live = 1"), postgresql_where=sa.text("live = 1"))
    op.create_index("ix_jobs_newest", "jobs", ["created", "id"])
    op.create_index(
        "ix_jobs_pace",
        "jobs",
        ["provider", "model", "finished", "started"],
        sqlite_where=sa.text("state = 'delivered'"),
        postgresql_where=sa.text("state = 'delivered'"),
    )
    op.create_index("ix_jobs_person", "jobs", ["person", "created", "id", "charge"])
    op.create_index(
        "ix_jobs_queue",
        "jobs",
        ["provider", "state", sa.literal_column("priority DESC"), "created", "id"],
        sqlite_where=sa.text("live = 1"),
        postgresql_where=sa.text("live = 1"),
    )
    op.create_table(
        "people",
        sa.Column("platform", _KEY, nullable=False),
        sa.Column("workspace", _KEY, nullable=False),
        sa.Column("id", _KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", _KEY, nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", "id", name="pk_people"),
    )
    op.create_index("ix_people_folded", "people", ["platform", "workspace", "folded"])
    op.create_table(
        "rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False),
        sa.Column("kind", _KEY, nullable=False),
        sa.Column("subject", _KEY, nullable=False),
        sa.Column("window", _KEY, nullable=True),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("by", _KEY, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rules"),
    )
    op.create_index("ix_rules_subject", "rules", ["subject", "created"])
    op.create_table(
        "marks",
        sa.Column("job", _KEY, nullable=False),
        sa.Column("image", sa.Integer(), nullable=False),
        sa.Column("person", _KEY, nullable=False),
        sa.Column("kind", _KEY, nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_marks_job", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job", "image", "person", "kind", name="pk_marks"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "posts",
        sa.Column("job", _KEY, nullable=False),
        sa.Column("key", _KEY, nullable=False),
        sa.Column("platform", _KEY, nullable=False),
        sa.Column("workspace", _KEY, nullable=False),
        sa.Column("channel", _KEY, nullable=False),
        sa.Column("post", _KEY, nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_posts_job", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job", "key", name="pk_posts"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_posts_place", "posts", ["platform", "workspace", "channel", "post"])


def downgrade() -> None:
    """Go back."""
    for name in ("posts", "marks", "rules", "people", "jobs", "events"):
        op.drop_table(name)
