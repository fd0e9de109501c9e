"""Count what enters and what leaves a group apart, and note how far each part of the goods has come."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0013_storefronts_and_halls")]

    operations = [
        migrations.RenameField("goodpricestatistics", "changed_lines", "entered_lines"),
        migrations.AddField("goodpricestatistics", "left_lines", models.PositiveIntegerField(default=0)),
        migrations.CreateModel(
            name="PriceStatisticsMark",
            fields=[
                ("shard", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("as_of", models.DateField(verbose_name="as of")),
                ("seen_to", models.DateTimeField()),
            ],
            options={
                "verbose_name": "progress of the price statistics",
                "verbose_name_plural": "progress of the price statistics",
            },
        ),
    ]
