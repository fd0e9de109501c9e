"""An index for the newest deals; made while the platform runs."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("orders", "0003_what_was_agreed_stays"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                condition=models.Q(("cancelled_at__isnull", True)),
                fields=["confirmed_at"],
                name="order_published",
            ),
        ),
    ]
