"""The directory's read model: one narrow row per published supplier, rewritten by `directory.reindex`."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func
from django.utils.translation import gettext_lazy as _

from .supplier import Supplier

WEIGHTED_TEXT = (
    "(setweight(to_tsvector('public.french_unaccent'::regconfig, name), 'A')"
    " || setweight(to_tsvector('public.french_unaccent'::regconfig, offers_text), 'B')"
    " || setweight(to_tsvector('public.french_unaccent'::regconfig, activity), 'C')"
    " || setweight(to_tsvector('public.french_unaccent'::regconfig, place), 'D'))"
)


class DirectoryEntry(models.Model):
    """What the directory filters, counts, searches and sorts by. A row stands here exactly while a sheet is published.

    `codes` holds UNSPSC prefixes of every level (« 56 », « 5610 », « 561016 », « 56101600 ») as digits without the
    zeros that pad a level. `serves` holds MRC codes, « R04 » for a whole region and « Q » for all of Québec.
    """

    supplier = models.OneToOneField(
        Supplier, on_delete=models.CASCADE, primary_key=True, related_name="directory"
    )
    name = models.CharField(max_length=255)
    slug = models.CharField(max_length=80)
    place = models.CharField(max_length=120)
    legal_form = models.CharField(max_length=20)
    form_family = models.CharField(max_length=10)
    region = models.CharField(max_length=2, blank=True)
    mrc = models.CharField(max_length=3, blank=True)
    sector = models.CharField(max_length=2, blank=True)
    purposes = ArrayField(models.CharField(max_length=50), default=list)
    certifications = ArrayField(models.CharField(max_length=50), default=list)
    codes = ArrayField(models.CharField(max_length=8), default=list)
    serves = ArrayField(models.CharField(max_length=3), default=list)
    capacity = models.PositiveIntegerField(default=0)
    staff_count = models.PositiveIntegerField(null=True)
    verified_on = models.DateField()
    offers_text = models.TextField(blank=True)
    activity = models.TextField(blank=True)
    search = models.GeneratedField(
        expression=Func(F("name"), F("offers_text"), F("activity"), F("place"), template=WEIGHTED_TEXT),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    sort_name = models.GeneratedField(
        expression=Func(F("name"), function="f_fold"),
        output_field=models.CharField(max_length=255),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("entrée du répertoire")
        verbose_name_plural = _("entrées du répertoire")
        indexes = [
            GinIndex(fields=["search"], name="directory_search"),
            GinIndex(fields=["codes"], name="directory_codes"),
            GinIndex(fields=["serves"], name="directory_serves"),
            models.Index(fields=["sort_name", "supplier"], name="directory_sort"),
            models.Index(fields=["region", "mrc"], name="directory_place"),
        ]

    def __str__(self) -> str:
        return self.name


class SearchWord(models.Model):
    """A folded word that stands in the directory: what a mistyped word is corrected to."""

    word = models.CharField(max_length=60, primary_key=True)

    class Meta:
        verbose_name = _("mot du répertoire")
        verbose_name_plural = _("mots du répertoire")
        indexes = [GinIndex(OpClass(F("word"), name="gin_trgm_ops"), name="search_word_trigrams")]

    def __str__(self) -> str:
        return self.word
