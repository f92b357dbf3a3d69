"""What image services need: which job a ticket belongs to, and which job drew the same before."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("jobs", sa.Column("likeness", _KEY))
    delivered = sa.text("state = 'delivered'")
    columns = ["likeness", "platform", "workspace", "finished"]
    op.create_index("ix_jobs_likeness", "jobs", columns, sqlite_where=delivered, postgresql_where=delivered)
    op.create_table(
        "tickets",
        sa.Column("provider", _KEY, nullable=False),
        sa.Column("ticket", _KEY, nullable=False),
        sa.Column("job", _KEY, nullable=False),
        sa.PrimaryKeyConstraint("provider", "ticket", name="pk_tickets"),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_tickets_job", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Go back before it."""
    op.drop_table("tickets")
    op.drop_index("ix_jobs_likeness", "jobs")
    op.drop_column("jobs", "likeness")
