"""Let each consultation choose what its receipts prove. Existing consultations keep receipts that show the choices."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consultations", sa.Column("receipts", sa.String(8), nullable=False, server_default="checked"))


def downgrade() -> None:
    op.drop_column("consultations", "receipts")
