"""What chat platforms need: preferences of channels, leases between machines, the plugins' vault, and two indices."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Go to this revision."""
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
    op.create_table(
        "leases",
        sa.Column("name", _KEY, nullable=False),
        sa.Column("holder", _KEY, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "vault",
        sa.Column("owner", _KEY, nullable=False),
        sa.Column("name", _KEY, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "name", name="pk_vault"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_marks_person", "marks", ["person", "kind", "made"])
    op.create_index("ix_people_id", "people", ["platform", "id"])


def downgrade() -> None:
    """Go back before it."""
    op.drop_index("ix_people_id", "people")
    op.drop_index("ix_marks_person", "marks")
    for table in ("vault", "leases", "preferences"):
        op.drop_table(table)
