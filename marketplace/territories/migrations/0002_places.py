"""Communities outside MRCs, several places for one spelling, names that say a territory, prefixes with a point."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Func, Q


def folded(field: str = "name") -> models.GeneratedField:
    return models.GeneratedField(
        expression=Func(F(field), function="f_fold"),
        output_field=models.CharField(max_length=160),
        db_persist=True,
    )


class Migration(migrations.Migration):
    dependencies = [("territories", "0001_initial"), ("web", "0001_text_search")]

    operations = [
        migrations.AlterField(
            "municipality",
            "mrc",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="municipalities",
                to="territories.mrc",
                verbose_name="MRC",
            ),
        ),
        migrations.AddField(
            "municipality",
            "region",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="communities",
                to="territories.region",
                verbose_name="région (hors MRC)",
            ),
        ),
        migrations.AddField(
            "municipality",
            "nation",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="communities",
                to="territories.nation",
                verbose_name="nation",
            ),
        ),
        migrations.RemoveField("municipality", "folded"),
        migrations.AddField("municipality", "folded", folded()),
        migrations.AddIndex("municipality", models.Index(fields=["folded"], name="municipality_folded")),
        migrations.AddConstraint(
            "municipality",
            models.CheckConstraint(
                condition=Q(("mrc__isnull", True), ("region__isnull", True), _connector="XOR"),
                name="municipality_in_mrc_or_else_region",
            ),
        ),
        migrations.DeleteModel("PlaceAlias"),
        migrations.CreateModel(
            "PlaceAlias",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="nom")),
                ("folded", folded()),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="aliases",
                        to="territories.municipality",
                        verbose_name="municipalité",
                    ),
                ),
            ],
            {
                "verbose_name": "autre graphie",
                "verbose_name_plural": "autres graphies",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("folded", "municipality"), name="alias_once_per_municipality"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            "TerritoryName",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.CharField(max_length=120, verbose_name="mots du nom")),
                ("folded", folded("words")),
                (
                    "mrc",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="territories.mrc",
                        verbose_name="MRC",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="territories.region",
                        verbose_name="région",
                    ),
                ),
            ],
            {
                "verbose_name": "nom qui dit un territoire",
                "verbose_name_plural": "noms qui disent un territoire",
                "ordering": ["words"],
                "constraints": [models.UniqueConstraint(fields=("folded",), name="territory_name_once")],
            },
        ),
        migrations.AlterModelOptions(
            "postalregion",
            {
                "ordering": ["fsa"],
                "verbose_name": "préfixe postal",
                "verbose_name_plural": "préfixes postaux",
            },
        ),
        migrations.AlterField(
            "postalregion",
            "fsa",
            models.CharField(max_length=3, primary_key=True, serialize=False, verbose_name="préfixe postal"),
        ),
        migrations.AlterField("postalregion", "part", models.FloatField(default=1.0, verbose_name="part")),
        migrations.AlterField(
            "postalregion",
            "region",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                to="territories.region",
                verbose_name="région",
            ),
        ),
        migrations.AddField(
            "postalregion",
            "others",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=2),
                blank=True,
                default=list,
                size=None,
                verbose_name="autres régions",
            ),
        ),
        migrations.AddField(
            "postalregion",
            "mrc",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to="territories.mrc",
                verbose_name="MRC",
            ),
        ),
        migrations.AddField(
            "postalregion", "lat", models.FloatField(blank=True, null=True, verbose_name="latitude")
        ),
        migrations.AddField(
            "postalregion", "lon", models.FloatField(blank=True, null=True, verbose_name="longitude")
        ),
        migrations.RemoveConstraint("mrcregionperiod", "mrc_region_once_per_start"),
        migrations.AddConstraint(
            "mrcregionperiod",
            models.UniqueConstraint(
                fields=("mrc", "since"), name="mrc_region_once_per_start", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            "polecoverage",
            models.UniqueConstraint(
                fields=("pole", "mrc", "nation", "since"), name="coverage_once", nulls_distinct=False
            ),
        ),
    ]
