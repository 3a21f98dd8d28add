"""The directory's read model, rewritten by `suppliers.directory_index`. A published supplier has one row in each table.

`DirectoryEntry` says what it offers and where, `DirectoryText` what is searched and shown. `DirectoryFacets` is narrow
because counting facets reads all of it, and counting is most of what a directory page costs.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Value
from django.utils.translation import gettext_lazy as _

from .supplier import Supplier

# Folded first: the default parser would keep « entretien/ménage » as one file name and « R.I.F. » as a host.
WEIGHTED_TEXT = (
    "(setweight(to_tsvector('public.french_unaccent'::regconfig, public.f_fold(name)), 'A')"
    " || setweight(to_tsvector('public.french_unaccent'::regconfig, public.f_fold(offers_text)), 'B')"
    " || setweight(to_tsvector('public.french_unaccent'::regconfig, public.f_fold(activity)), 'C')"
    " || setweight(to_tsvector('public.french_unaccent'::regconfig, public.f_fold(details)), 'D'))"
)


class DirectoryEntry(models.Model):
    """What a supplier offers and where. A row stands here exactly while it is published.

    `codes` holds UNSPSC prefixes of every level (« 56 », « 5610 », « 561016 », « 56101600 ») as digits without the
    zeros that pad a level. `serves` holds MRC codes, « R04 » for a whole region and « Q » for all of Québec, the
    widest only; without any served area, the MRC of the seat. `capacity` is in dollars per contract, 0 if unknown.
    """

    supplier = models.OneToOneField(
        Supplier, on_delete=models.CASCADE, primary_key=True, related_name="directory"
    )
    capacity = models.PositiveIntegerField(default=0)
    verified_on = models.DateField(null=True)
    verified_until = models.DateField(null=True)
    region = models.CharField(max_length=2, blank=True)
    mrc = models.CharField(max_length=3, blank=True)
    serves = ArrayField(models.CharField(max_length=3), default=list)
    codes = ArrayField(models.CharField(max_length=8), default=list)
    proved_until = ArrayField(models.DateField(), default=list, db_default=Value([]))

    class Meta:
        verbose_name = _("entrée du répertoire")
        verbose_name_plural = _("entrées du répertoire")
        # Without a list of pending rows, which every search would read through after each import.
        indexes = [
            GinIndex(fields=["codes"], name="directory_codes", fastupdate=False),
            GinIndex(fields=["serves"], name="directory_serves", fastupdate=False),
        ]

    def __str__(self) -> str:
        return str(self.supplier_id)


class DirectoryFacets(models.Model):
    """What the directory filters by, counts and sorts by, in as few bytes as may be.

    `purposes` and `certifications` hold their codes in one word, « |environnement|insertion| »: PostgreSQL groups by a
    text and looks into it much faster than into an array. Region, MRC and sector are empty where unknown.
    `verified_until`, the last day of a verification, is null where the six criteria were never proved together.
    `lat` and `lon` are where it is seated, in degrees (WGS 84): its address, or else the middle of its town or MRC.
    """

    entry = models.OneToOneField(
        DirectoryEntry, on_delete=models.CASCADE, primary_key=True, related_name="facets"
    )
    capacity = models.PositiveIntegerField(default=0)
    verified_on = models.DateField(null=True)
    verified_until = models.DateField(null=True)
    region = models.CharField(max_length=2, blank=True)
    mrc = models.CharField(max_length=3, blank=True)
    sector = models.CharField(max_length=2, blank=True)
    legal_form = models.CharField(max_length=20)
    purposes = models.TextField(blank=True)
    certifications = models.TextField(blank=True)
    sort_name = models.CharField(max_length=255)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)

    class Meta:
        verbose_name = _("facettes du répertoire")
        verbose_name_plural = _("facettes du répertoire")
        indexes = [models.Index(fields=["sort_name", "entry"], name="directory_sort")]

    def __str__(self) -> str:
        return self.sort_name


class DirectoryText(models.Model):
    """What the directory shows and searches by. `details` is searched and never shown as such:
    descriptions, labels of codes, town, MRC and region.

    `logo` and `photo` are the keys of its pictures (`supplier_pictures.picture_url`), empty where there is none;
    `reference_count` counts the references that customers have confirmed.
    """

    entry = models.OneToOneField(
        DirectoryEntry, on_delete=models.CASCADE, primary_key=True, related_name="text"
    )
    name = models.CharField(max_length=255)
    slug = models.CharField(max_length=80)
    place = models.CharField(max_length=120, blank=True)
    staff_count = models.PositiveIntegerField(null=True)
    offers_text = models.TextField(blank=True)
    activity = models.TextField(blank=True)
    details = models.TextField(blank=True)
    logo = models.CharField(max_length=32, blank=True, default="", db_default="")
    photo = models.CharField(max_length=32, blank=True, default="", db_default="")
    photo_alt = models.CharField(max_length=160, blank=True, default="", db_default="")
    reference_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    search = models.GeneratedField(
        expression=Func(F("name"), F("offers_text"), F("activity"), F("details"), template=WEIGHTED_TEXT),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("texte du répertoire")
        verbose_name_plural = _("textes du répertoire")
        indexes = [GinIndex(fields=["search"], name="directory_search", fastupdate=False)]

    def __str__(self) -> str:
        return self.name


class DirectoryStem(models.Model):
    """Who has a stem in a field: the search's inverted index, packed (`suppliers.search.indexing`, `stem_index`).

    `suppliers` are the offsets of ids in a block of 65,536, `places` the same with each place of the stem, where words
    must be found side by side. A negative `block` is one supplier's own rows: what changed since its block was packed.
    """

    pk = models.CompositePrimaryKey("field", "stem", "block")
    field = models.SmallIntegerField()
    stem = models.TextField(db_collation="C")
    block = models.BigIntegerField()
    suppliers = models.BinaryField()
    places = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("mot du répertoire, avec qui l’a")
        verbose_name_plural = _("mots du répertoire, avec qui les a")
        indexes = [models.Index(fields=["block"], name="directory_stem_block")]

    def __str__(self) -> str:
        return self.stem


class DirectoryWords(models.Model):
    """No longer written nor read since `DirectoryStem`; goes with the next release.

    `name`, `offers` (titles), `activity` and `details` (descriptions) hold stems in order; `labels` what its codes, their
    classes and families, purposes, certifications and legal form are called, in both languages; `place` its town, street,
    MRC and region.
    """

    entry = models.OneToOneField(
        DirectoryEntry, on_delete=models.CASCADE, primary_key=True, related_name="words"
    )
    name = SearchVectorField()
    offers = SearchVectorField()
    activity = SearchVectorField()
    details = SearchVectorField()
    labels = SearchVectorField()
    place = SearchVectorField()

    class Meta:
        verbose_name = _("mots d’un fournisseur")
        verbose_name_plural = _("mots des fournisseurs")
        indexes = [
            GinIndex(
                fields=["name", "offers", "activity", "details", "labels", "place"],
                name="directory_words",
                fastupdate=False,
            )
        ]

    def __str__(self) -> str:
        return str(self.entry_id)


class SearchWord(models.Model):
    """A folded word that stands in the directory: what a mistyped word is corrected to.

    `lexeme` is its stem as the search knows it, `shown` the word with its accents, `entries` how many suppliers
    used it at the last full `reindex_suppliers`.
    """

    word = models.CharField(max_length=60, primary_key=True)
    lexeme = models.CharField(max_length=60, db_index=True)
    shown = models.CharField(max_length=60)
    entries = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("mot du répertoire")
        verbose_name_plural = _("mots du répertoire")
        indexes = [
            GinIndex(OpClass(F("word"), name="gin_trgm_ops"), name="search_word_trigrams", fastupdate=False)
        ]

    def __str__(self) -> str:
        return self.shown
