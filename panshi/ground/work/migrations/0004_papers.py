"""Exports may also be papers (PDF)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("work", "0003_exports_and_bulk")]

    operations = [
        migrations.RemoveConstraint(model_name="export", name="export_form_is_known"),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(("form__in", ["csv", "xlsx", "pdf"])), name="export_form_is_known"
            ),
        ),
    ]
