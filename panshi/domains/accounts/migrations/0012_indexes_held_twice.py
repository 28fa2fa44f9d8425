"""Drops two indexes that others begin with: owner alone, and group, which its foreign key indexes already.

The one on owner is dropped by its name: Django would rebuild the whole table for it on SQLite.
"""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NAME = "accounts_account_owner_id_7b1fcbd0"


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0011_tags"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.RemoveIndex(model_name="account", name="account_by_group"),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f'DROP INDEX IF EXISTS "{NAME}"',
                    f'CREATE INDEX "{NAME}" ON "accounts_account" ("owner_id")',
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="account",
                    name="owner",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="负责人",
                    ),
                )
            ],
        ),
    ]
