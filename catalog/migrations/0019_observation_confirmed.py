"""Find the deals of a day by their time, in whatever order they were written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0018_losing_quotes")]

    operations = [
        migrations.AddIndex(
            model_name="priceobservation",
            index=models.Index(fields=["confirmed_at"], name="observation_confirmed"),
        ),
        migrations.RemoveIndex(model_name="priceobservation", name="observation_confirmed_brin"),
    ]
