"""Institutions, notices, needs and rules of purchase, as ten migrations made them; and the first rules and clauses."""

import csv
from pathlib import Path

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


REFERENCE = Path(__file__).resolve().parent.parent / "reference"


def rows(name):
    with (REFERENCE / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def load(apps, schema_editor):
    rule_model = apps.get_model("buyers", "ProcedureRule")
    clause_model = apps.get_model("buyers", "Clause")
    known = set(rule_model.objects.values_list("label", flat=True))
    for row in rows("procedure_rules"):
        if row["label"] not in known:
            rule_model.objects.create(
                **{
                    name: value or None
                    if name in ("amount_from", "amount_to", "valid_from", "valid_until", "checked_on")
                    else value
                    for name, value in row.items()
                    if name not in ("regimes", "paths")
                },
                regimes=row["regimes"].split(),
                paths=row["paths"].split(),
            )
    known = set(clause_model.objects.values_list("title", flat=True))
    for position, row in enumerate(rows("social_clauses"), 1):
        if row["title"] not in known:
            clause_model.objects.create(position=10 * position, **{**row, "weight": row["weight"] or None})


class Migration(migrations.Migration):

    replaces = [
        ('buyers', '0001_initial'),
        ('buyers', '0002_is_listed'),
        ('buyers', '0003_free_ids_and_currency'),
        ('buyers', '0004_lots_and_bidders'),
        ('buyers', '0005_region_from_title'),
        ('buyers', '0006_words_people_read'),
        ('buyers', '0007_unreviewed'),
        ('buyers', '0008_needs'),
        ('buyers', '0009_purchase_rules'),
        ('buyers', '0010_first_rules'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0014_search_consents'),
        ('classification', '0014_lexicon_far_apart'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('territories', '0003_words_people_read'),
        ('web', '0005_list_change_rows'),
    ]

    operations = [
        migrations.CreateModel(
            name='Buyer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='adresse du profil')),
                ('kind', models.CharField(choices=[('municipality', 'municipalité'), ('mrc', 'MRC'), ('health', 'santé et services sociaux'), ('school', 'centre de services scolaire'), ('cegep', 'cégep'), ('university', 'université'), ('ministry', 'ministère ou organisme'), ('state_enterprise', 'société d’État'), ('private', 'acheteur privé engagé'), ('other', 'autre organisme public')], default='other', max_length=20, verbose_name='type')),
                ('is_published', models.BooleanField(default=True, verbose_name='publié')),
                ('presentation', models.TextField(blank=True, verbose_name='présentation')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créé le')),
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='buyer', to='accounts.organisation', verbose_name='organisation')),
                ('is_listed', models.BooleanField(default=True, verbose_name='connue par ses avis ou une liste')),
            ],
            options={
                'verbose_name': 'acheteur public',
                'verbose_name_plural': 'acheteurs publics',
            },
        ),
        migrations.CreateModel(
            name='BuyerEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('slug', models.SlugField(db_index=False, max_length=80, verbose_name='adresse du profil')),
                ('kind', models.CharField(choices=[('municipality', 'municipalité'), ('mrc', 'MRC'), ('health', 'santé et services sociaux'), ('school', 'centre de services scolaire'), ('cegep', 'cégep'), ('university', 'université'), ('ministry', 'ministère ou organisme'), ('state_enterprise', 'société d’État'), ('private', 'acheteur privé engagé'), ('other', 'autre organisme public')], default='other', max_length=20, verbose_name='type')),
                ('is_published', models.BooleanField(default=True, verbose_name='publié')),
                ('presentation', models.TextField(blank=True, verbose_name='présentation')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créé le')),
                ('organisation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation', verbose_name='organisation')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='buyers.buyer')),
                ('is_listed', models.BooleanField(default=True, verbose_name='connue par ses avis ou une liste')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='BuyerParty',
            fields=[
                ('party_id', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=255)),
                ('is_municipal', models.BooleanField(null=True)),
                ('buyer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='parties', to='buyers.buyer')),
                ('mrc', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='territories.mrc')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='territories.region')),
                ('is_abroad', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'verbose_name': 'partie d’un avis',
                'verbose_name_plural': 'parties d’avis',
            },
        ),
        migrations.CreateModel(
            name='Tender',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ocid', models.CharField(max_length=500, unique=True, verbose_name='OCID')),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='numéro SEAO')),
                ('reference', models.CharField(blank=True, max_length=120, verbose_name='référence de l’acheteur')),
                ('title', models.CharField(max_length=500, verbose_name='objet')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('status', models.CharField(choices=[('planned', 'annoncé'), ('active', 'ouvert'), ('complete', 'attribué'), ('cancelled', 'annulé'), ('unsuccessful', 'sans suite')], max_length=12, verbose_name='état')),
                ('method', models.CharField(blank=True, choices=[('open', 'appel d’offres public'), ('selective', 'appel d’offres qualifié'), ('limited', 'sur invitation'), ('direct', 'de gré à gré')], max_length=10, verbose_name='mode')),
                ('method_details', models.CharField(blank=True, max_length=200, verbose_name='précision du mode')),
                ('category', models.CharField(blank=True, choices=[('', 'inconnue'), ('goods', 'biens'), ('services', 'services'), ('works', 'travaux')], max_length=10, verbose_name='nature')),
                ('unspsc', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), blank=True, default=list, size=None, verbose_name='codes UNSPSC')),
                ('buyer_name', models.CharField(blank=True, max_length=255, verbose_name='acheteur, tel qu’écrit')),
                ('region_source', models.CharField(blank=True, choices=[('', 'inconnue'), ('buyer', 'profil de l’acheteur'), ('name', 'nom de l’acheteur'), ('postal_code', 'code postal de l’acheteur'), ('title', 'objet de l’avis'), ('delivery', 'lieu de livraison')], max_length=12, verbose_name='région d’après')),
                ('estimated_amount', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='montant estimé')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='publié le')),
                ('closes_at', models.DateTimeField(blank=True, null=True, verbose_name='clôture')),
                ('version', models.CharField(max_length=500, verbose_name='version')),
                ('url', models.URLField(blank=True, max_length=500, verbose_name='avis d’origine')),
                ('imported_at', models.DateTimeField(auto_now_add=True, verbose_name='importé le')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='changé le')),
                ('search', models.GeneratedField(db_persist=True, expression=models.Func(models.F('title'), models.F('buyer_name'), models.F('description'), models.F('lots_text'), template="(setweight(to_tsvector('public.french_unaccent'::regconfig, title), 'A') || setweight(to_tsvector('public.french_unaccent'::regconfig, buyer_name), 'B') || setweight(to_tsvector('public.french_unaccent'::regconfig, description), 'C') || setweight(to_tsvector('public.french_unaccent'::regconfig, lots_text), 'B'))"), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('buyer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tenders', to='buyers.buyer', verbose_name='acheteur')),
                ('mrc', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territories.mrc', verbose_name='MRC')),
                ('party', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tenders', to='buyers.buyerparty')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territories.region', verbose_name='région')),
                ('seao_category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='classification.seaocategory', verbose_name='catégorie SEAO')),
                ('currency', models.CharField(db_default='CAD', default='CAD', max_length=3, verbose_name='devise')),
                ('awarded', models.CharField(blank=True, choices=[('', 'rien d’attribué'), ('part', 'attribué en partie'), ('whole', 'attribué')], db_default='', default='', max_length=5, verbose_name='attribution')),
                ('bidder_count', models.PositiveIntegerField(db_default=0, default=0, verbose_name='soumissionnaires')),
                ('derivation', models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)),
                ('lots_text', models.TextField(blank=True, db_default='', default='', verbose_name='lots')),
            ],
            options={
                'verbose_name': 'appel d’offres',
                'verbose_name_plural': 'appels d’offres',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='tender_search'), django.contrib.postgres.indexes.GinIndex(fields=['unspsc'], name='tender_unspsc'), models.Index(fields=['status', 'closes_at'], name='tender_open'), models.Index(fields=['-published_at', '-id'], name='tender_recent')],
                'constraints': [models.CheckConstraint(condition=models.Q(('url__regex', '^(https?://.*)?$')), name='tender_url_http')],
            },
        ),
        migrations.CreateModel(
            name='Award',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('award_id', models.CharField(max_length=60)),
                ('neq', models.CharField(blank=True, max_length=10, verbose_name='NEQ')),
                ('name', models.CharField(max_length=255, verbose_name='nom')),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='montant')),
                ('awarded_on', models.DateField(blank=True, null=True, verbose_name='attribué le')),
                ('status', models.CharField(blank=True, max_length=20)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='awards', to='accounts.organisation')),
                ('tender', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='awards', to='buyers.tender', verbose_name='avis')),
                ('currency', models.CharField(db_default='CAD', default='CAD', max_length=3, verbose_name='devise')),
                ('lots', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, db_default=[], default=list, size=None)),
            ],
            options={
                'verbose_name': 'attribution',
                'verbose_name_plural': 'attributions',
                'indexes': [models.Index(condition=models.Q(('neq', ''), _negated=True), fields=['neq'], name='award_by_neq')],
                'constraints': [models.UniqueConstraint(fields=('tender', 'award_id', 'neq', 'name'), name='award_once_per_seller')],
            },
        ),
        migrations.CreateModel(
            name='TenderVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('release_id', models.CharField(max_length=500)),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), default=list, size=None)),
                ('released_at', models.DateTimeField(null=True)),
                ('release', models.JSONField()),
                ('fingerprint', models.CharField(default='', editable=False, max_length=32)),
                ('tender', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='buyers.tender')),
                ('package_published_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'version d’un avis',
                'verbose_name_plural': 'versions d’avis',
                'ordering': ['release_id'],
                'constraints': [models.UniqueConstraint(fields=('tender', 'release_id'), name='version_once_per_release')],
            },
        ),
        migrations.CreateModel(
            name='Bidder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party_id', models.CharField(blank=True, max_length=60)),
                ('neq', models.CharField(blank=True, max_length=10, verbose_name='NEQ')),
                ('name', models.CharField(blank=True, max_length=255, verbose_name='nom')),
                ('won', models.BooleanField(default=False, verbose_name='adjudicataire')),
                ('tender', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bidders', to='buyers.tender', verbose_name='avis')),
            ],
            options={
                'verbose_name': 'soumissionnaire',
                'verbose_name_plural': 'soumissionnaires',
                'indexes': [models.Index(condition=models.Q(('neq', ''), _negated=True), fields=['neq'], name='bidder_by_neq')],
                'constraints': [models.UniqueConstraint(fields=('tender', 'party_id', 'neq', 'name'), name='bidder_once_per_notice')],
            },
        ),
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lot_id', models.CharField(max_length=60)),
                ('position', models.PositiveSmallIntegerField()),
                ('title', models.CharField(blank=True, max_length=500, verbose_name='objet')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='montant')),
                ('currency', models.CharField(db_default='CAD', default='CAD', max_length=3, verbose_name='devise')),
                ('status', models.CharField(blank=True, choices=[('planned', 'annoncé'), ('active', 'ouvert'), ('complete', 'attribué'), ('cancelled', 'annulé'), ('unsuccessful', 'sans suite')], max_length=12, verbose_name='état')),
                ('unspsc', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), blank=True, default=list, size=None)),
                ('tender', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lots', to='buyers.tender', verbose_name='avis')),
            ],
            options={
                'verbose_name': 'lot',
                'verbose_name_plural': 'lots',
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('tender', 'lot_id'), name='lot_once_per_notice')],
            },
        ),
        migrations.CreateModel(
            name='Need',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='adresse')),
                ('title', models.CharField(max_length=200, verbose_name='objet')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='numéro de dossier')),
                ('status', models.CharField(choices=[('draft', 'brouillon'), ('submitted', 'en vérification'), ('published', 'publié'), ('decided', 'décision prise'), ('cancelled', 'annulé')], default='draft', max_length=10, verbose_name='état')),
                ('method', models.CharField(choices=[('survey', 'sondage du marché'), ('direct', 'de gré à gré'), ('limited', 'sur invitation')], default='survey', max_length=10, verbose_name='mode')),
                ('audience', models.CharField(choices=[('everyone', 'tout le monde'), ('fitting', 'les entreprises à qui il convient'), ('invited', 'les entreprises invitées')], default='everyone', max_length=10, verbose_name='visible pour')),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='lieu')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='début')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='fin')),
                ('band', models.CharField(blank=True, choices=[('', 'à préciser'), ('5k', 'moins de 5\xa0000\xa0$'), ('25k', 'de 5\xa0000 à 25\xa0000\xa0$'), ('50k', 'de 25\xa0000 à 50\xa0000\xa0$'), ('100k', 'de 50\xa0000 à 100\xa0000\xa0$'), ('250k', 'de 100\xa0000 à 250\xa0000\xa0$'), ('more', '250\xa0000\xa0$ et plus')], default='', max_length=5, verbose_name='ordre de grandeur')),
                ('estimated_amount', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='montant estimé')),
                ('unspsc', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), blank=True, default=list, size=None, verbose_name='codes UNSPSC')),
                ('questions_until', models.DateTimeField(blank=True, null=True, verbose_name='questions jusqu’au')),
                ('closes_at', models.DateTimeField(blank=True, null=True, verbose_name='clôture')),
                ('is_sealed', models.BooleanField(default=False, verbose_name='propositions scellées jusqu’à la clôture')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créé le')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='envoyé le')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='publié le')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='décision du')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='annulé le')),
                ('cancelled_because', models.TextField(blank=True, verbose_name='motif de l’annulation')),
                ('returned_because', models.TextField(blank=True, verbose_name='message du pôle')),
                ('version', models.PositiveIntegerField(default=0, verbose_name='version')),
                ('closing_told', models.DateTimeField(blank=True, editable=False, null=True)),
                ('search', models.GeneratedField(db_persist=True, expression=models.Func(models.F('title'), models.F('description'), template="(setweight(to_tsvector('public.french_unaccent'::regconfig, title), 'A') || setweight(to_tsvector('public.french_unaccent'::regconfig, description), 'C'))"), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='buyers.buyer', verbose_name='acheteur')),
                ('copied_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='buyers.need', verbose_name='copié de')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='rédigé par')),
                ('mrc', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territories.mrc', verbose_name='MRC')),
                ('municipality', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='territories.municipality', verbose_name='municipalité')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territories.region', verbose_name='région')),
            ],
            options={
                'verbose_name': 'besoin',
                'verbose_name_plural': 'besoins',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='need_search'), django.contrib.postgres.indexes.GinIndex(fields=['unspsc'], name='need_unspsc'), models.Index(fields=['status', 'closes_at'], name='need_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'submitted']), models.Q(('closes_at__isnull', False), ('published_at__isnull', False), ('version__gt', 0)), _connector='OR'), name='need_published_has_dates'), models.CheckConstraint(condition=models.Q(('questions_until__isnull', True), ('closes_at__isnull', True), ('questions_until__lte', models.F('closes_at')), _connector='OR'), name='need_questions_before_closing'), models.CheckConstraint(condition=models.Q(('starts_on__isnull', True), ('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='need_ends_after_start'), models.CheckConstraint(condition=models.Q(('estimated_amount__isnull', True), ('estimated_amount__gte', 0), _connector='OR'), name='need_amount_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='NeedDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='web.privatefile', verbose_name='fichier')),
                ('need', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='buyers.need', verbose_name='besoin')),
            ],
            options={
                'verbose_name': 'document d’un besoin',
                'verbose_name_plural': 'documents d’un besoin',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='NeedDocumentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('file', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='web.privatefile', verbose_name='fichier')),
                ('need', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='buyers.need', verbose_name='besoin')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='buyers.needdocument')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='NeedEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('slug', models.SlugField(db_index=False, max_length=80, verbose_name='adresse')),
                ('title', models.CharField(max_length=200, verbose_name='objet')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='numéro de dossier')),
                ('status', models.CharField(choices=[('draft', 'brouillon'), ('submitted', 'en vérification'), ('published', 'publié'), ('decided', 'décision prise'), ('cancelled', 'annulé')], default='draft', max_length=10, verbose_name='état')),
                ('method', models.CharField(choices=[('survey', 'sondage du marché'), ('direct', 'de gré à gré'), ('limited', 'sur invitation')], default='survey', max_length=10, verbose_name='mode')),
                ('audience', models.CharField(choices=[('everyone', 'tout le monde'), ('fitting', 'les entreprises à qui il convient'), ('invited', 'les entreprises invitées')], default='everyone', max_length=10, verbose_name='visible pour')),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='lieu')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='début')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='fin')),
                ('band', models.CharField(blank=True, choices=[('', 'à préciser'), ('5k', 'moins de 5\xa0000\xa0$'), ('25k', 'de 5\xa0000 à 25\xa0000\xa0$'), ('50k', 'de 25\xa0000 à 50\xa0000\xa0$'), ('100k', 'de 50\xa0000 à 100\xa0000\xa0$'), ('250k', 'de 100\xa0000 à 250\xa0000\xa0$'), ('more', '250\xa0000\xa0$ et plus')], default='', max_length=5, verbose_name='ordre de grandeur')),
                ('estimated_amount', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='montant estimé')),
                ('unspsc', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), blank=True, default=list, size=None, verbose_name='codes UNSPSC')),
                ('questions_until', models.DateTimeField(blank=True, null=True, verbose_name='questions jusqu’au')),
                ('closes_at', models.DateTimeField(blank=True, null=True, verbose_name='clôture')),
                ('is_sealed', models.BooleanField(default=False, verbose_name='propositions scellées jusqu’à la clôture')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créé le')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='envoyé le')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='publié le')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='décision du')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='annulé le')),
                ('cancelled_because', models.TextField(blank=True, verbose_name='motif de l’annulation')),
                ('returned_because', models.TextField(blank=True, verbose_name='message du pôle')),
                ('version', models.PositiveIntegerField(default=0, verbose_name='version')),
                ('closing_told', models.DateTimeField(blank=True, editable=False, null=True)),
                ('search', models.GeneratedField(db_persist=True, expression=models.Func(models.F('title'), models.F('description'), template="(setweight(to_tsvector('public.french_unaccent'::regconfig, title), 'A') || setweight(to_tsvector('public.french_unaccent'::regconfig, description), 'C'))"), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('buyer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='buyers.buyer', verbose_name='acheteur')),
                ('copied_from', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='buyers.need', verbose_name='copié de')),
                ('created_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='rédigé par')),
                ('mrc', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='territories.mrc', verbose_name='MRC')),
                ('municipality', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='territories.municipality', verbose_name='municipalité')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='buyers.need')),
                ('region', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='territories.region', verbose_name='région')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='NeedVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='le')),
                ('said', models.JSONField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('need', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='buyers.need')),
            ],
            options={
                'verbose_name': 'version d’un besoin',
                'verbose_name_plural': 'versions d’un besoin',
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('need', 'number'), name='need_version_once')],
            },
        ),
        migrations.CreateModel(
            name='Clause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=160, verbose_name='titre')),
                ('title_en', models.CharField(blank=True, max_length=160, verbose_name='titre anglais')),
                ('text', models.TextField(verbose_name='clause')),
                ('text_en', models.TextField(blank=True, verbose_name='clause, en anglais')),
                ('weight', models.PositiveSmallIntegerField(blank=True, help_text='En points sur cent. Laissez vide pour une exigence sans points.', null=True, verbose_name='poids suggéré')),
                ('example', models.TextField(blank=True, verbose_name='exemple')),
                ('example_en', models.TextField(blank=True, verbose_name='exemple, en anglais')),
                ('words', models.CharField(blank=True, help_text='Séparés par des virgules. Elle est proposée quand le besoin contient l’un d’eux.', max_length=400, verbose_name='mots qui la proposent')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('position', models.PositiveSmallIntegerField(default=50, verbose_name='rang')),
                ('is_active', models.BooleanField(default=True, verbose_name='offerte')),
            ],
            options={
                'verbose_name': 'clause sociale',
                'verbose_name_plural': 'clauses sociales',
                'ordering': ['position', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('weight__isnull', True), ('weight__lte', 100), _connector='OR'), name='clause_weight_of_a_hundred')],
            },
        ),
        migrations.CreateModel(
            name='ClauseEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('title', models.CharField(max_length=160, verbose_name='titre')),
                ('title_en', models.CharField(blank=True, max_length=160, verbose_name='titre anglais')),
                ('text', models.TextField(verbose_name='clause')),
                ('text_en', models.TextField(blank=True, verbose_name='clause, en anglais')),
                ('weight', models.PositiveSmallIntegerField(blank=True, help_text='En points sur cent. Laissez vide pour une exigence sans points.', null=True, verbose_name='poids suggéré')),
                ('example', models.TextField(blank=True, verbose_name='exemple')),
                ('example_en', models.TextField(blank=True, verbose_name='exemple, en anglais')),
                ('words', models.CharField(blank=True, help_text='Séparés par des virgules. Elle est proposée quand le besoin contient l’un d’eux.', max_length=400, verbose_name='mots qui la proposent')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('position', models.PositiveSmallIntegerField(default=50, verbose_name='rang')),
                ('is_active', models.BooleanField(default=True, verbose_name='offerte')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='buyers.clause')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='NeedClause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=160)),
                ('title_en', models.CharField(blank=True, max_length=160)),
                ('text', models.TextField()),
                ('text_en', models.TextField(blank=True)),
                ('weight', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='poids')),
                ('clause', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='buyers.clause', verbose_name='clause')),
                ('need', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clauses', to='buyers.need')),
            ],
            options={
                'verbose_name': 'clause d’un besoin',
                'verbose_name_plural': 'clauses d’un besoin',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('need', 'clause'), name='need_clause_once')],
            },
        ),
        migrations.CreateModel(
            name='ProcedureRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=200, verbose_name='voie possible')),
                ('label_en', models.CharField(blank=True, max_length=200, verbose_name='voie possible, en anglais')),
                ('confirm', models.TextField(help_text='Ce que l’institution doit vérifier elle-même.', verbose_name='à confirmer')),
                ('confirm_en', models.TextField(blank=True, verbose_name='à confirmer, en anglais')),
                ('regimes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('municipal', 'municipal'), ('health', 'santé'), ('education', 'éducation'), ('ministry', 'ministères et organismes')], max_length=10), size=None, verbose_name='régimes')),
                ('category', models.CharField(blank=True, choices=[('goods', 'biens'), ('services', 'services'), ('works', 'travaux')], default='', help_text='Vide\xa0: biens, services et travaux.', max_length=10, verbose_name='nature du contrat')),
                ('supplier_form', models.CharField(blank=True, choices=[('', 'toutes'), ('obnl', 'OBNL'), ('coop', 'coopérative'), ('social', 'entreprise d’économie sociale')], default='', max_length=10, verbose_name='forme du fournisseur')),
                ('amount_from', models.DecimalField(blank=True, decimal_places=2, help_text='En dollars, inclus.', max_digits=12, null=True, verbose_name='à partir de')),
                ('amount_to', models.DecimalField(blank=True, decimal_places=2, help_text='En dollars, exclu.', max_digits=12, null=True, verbose_name='jusqu’à')),
                ('paths', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('direct', 'de gré à gré'), ('limited', 'sur invitation'), ('open', 'appel d’offres public')], max_length=10), blank=True, default=list, size=None, verbose_name='modes')),
                ('citation', models.CharField(max_length=300, verbose_name='source')),
                ('source_url', models.URLField(blank=True, max_length=500, verbose_name='adresse de la source')),
                ('in_force', models.CharField(choices=[('yes', 'en vigueur'), ('no', 'pas en vigueur'), ('unknown', 'à vérifier')], default='unknown', max_length=8, verbose_name='vigueur')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valable du')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valable jusqu’au')),
                ('checked_on', models.DateField(blank=True, null=True, verbose_name='vérifiée le')),
            ],
            options={
                'verbose_name': 'règle d’achat',
                'verbose_name_plural': 'règles d’achat',
                'ordering': [models.OrderBy(models.F('amount_from'), nulls_first=True), 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_from__isnull', True), ('amount_to__isnull', True), ('amount_to__gt', models.F('amount_from')), _connector='OR'), name='rule_amounts_in_order'), models.CheckConstraint(condition=models.Q(('source_url__regex', '^(https?://.*)?$')), name='rule_source_http')],
            },
        ),
        migrations.CreateModel(
            name='ProcedureRuleEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('label', models.CharField(max_length=200, verbose_name='voie possible')),
                ('label_en', models.CharField(blank=True, max_length=200, verbose_name='voie possible, en anglais')),
                ('confirm', models.TextField(help_text='Ce que l’institution doit vérifier elle-même.', verbose_name='à confirmer')),
                ('confirm_en', models.TextField(blank=True, verbose_name='à confirmer, en anglais')),
                ('regimes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('municipal', 'municipal'), ('health', 'santé'), ('education', 'éducation'), ('ministry', 'ministères et organismes')], max_length=10), size=None, verbose_name='régimes')),
                ('category', models.CharField(blank=True, choices=[('goods', 'biens'), ('services', 'services'), ('works', 'travaux')], default='', help_text='Vide\xa0: biens, services et travaux.', max_length=10, verbose_name='nature du contrat')),
                ('supplier_form', models.CharField(blank=True, choices=[('', 'toutes'), ('obnl', 'OBNL'), ('coop', 'coopérative'), ('social', 'entreprise d’économie sociale')], default='', max_length=10, verbose_name='forme du fournisseur')),
                ('amount_from', models.DecimalField(blank=True, decimal_places=2, help_text='En dollars, inclus.', max_digits=12, null=True, verbose_name='à partir de')),
                ('amount_to', models.DecimalField(blank=True, decimal_places=2, help_text='En dollars, exclu.', max_digits=12, null=True, verbose_name='jusqu’à')),
                ('paths', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('direct', 'de gré à gré'), ('limited', 'sur invitation'), ('open', 'appel d’offres public')], max_length=10), blank=True, default=list, size=None, verbose_name='modes')),
                ('citation', models.CharField(max_length=300, verbose_name='source')),
                ('source_url', models.URLField(blank=True, max_length=500, verbose_name='adresse de la source')),
                ('in_force', models.CharField(choices=[('yes', 'en vigueur'), ('no', 'pas en vigueur'), ('unknown', 'à vérifier')], default='unknown', max_length=8, verbose_name='vigueur')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valable du')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valable jusqu’au')),
                ('checked_on', models.DateField(blank=True, null=True, verbose_name='vérifiée le')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='buyers.procedurerule')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='buyer',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "buyers_buyerevent" ("created_at", "id", "is_listed", "is_published", "kind", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "presentation", "slug") VALUES (NEW."created_at", NEW."id", NEW."is_listed", NEW."is_published", NEW."kind", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."presentation", NEW."slug"); RETURN NULL;', hash='00a69246e4a96dc269cb9b84f2949ff3e6ba1439', operation='INSERT', pgid='pgtrigger_insert_insert_a6584', table='buyers_buyer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='buyer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "buyers_buyerevent" ("created_at", "id", "is_listed", "is_published", "kind", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "presentation", "slug") VALUES (NEW."created_at", NEW."id", NEW."is_listed", NEW."is_published", NEW."kind", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."presentation", NEW."slug"); RETURN NULL;', hash='9eb145e105e7bbfa6c2a2f20b21a2da51fd26201', operation='UPDATE', pgid='pgtrigger_update_update_94062', table='buyers_buyer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='buyer',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "buyers_buyerevent" ("created_at", "id", "is_listed", "is_published", "kind", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "presentation", "slug") VALUES (OLD."created_at", OLD."id", OLD."is_listed", OLD."is_published", OLD."kind", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."presentation", OLD."slug"); RETURN NULL;', hash='8e2bb0d851ab8ea9b671dd8632659ec1ccb559ea', operation='DELETE', pgid='pgtrigger_delete_delete_dbab5', table='buyers_buyer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='need',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "buyers_needevent" ("audience", "band", "buyer_id", "cancelled_at", "cancelled_because", "closes_at", "closing_told", "copied_from_id", "created_at", "created_by_id", "decided_at", "description", "ends_on", "estimated_amount", "id", "is_sealed", "method", "mrc_id", "municipality_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "published_at", "questions_until", "reference", "region_id", "returned_because", "slug", "starts_on", "status", "submitted_at", "title", "unspsc", "version") VALUES (NEW."audience", NEW."band", NEW."buyer_id", NEW."cancelled_at", NEW."cancelled_because", NEW."closes_at", NEW."closing_told", NEW."copied_from_id", NEW."created_at", NEW."created_by_id", NEW."decided_at", NEW."description", NEW."ends_on", NEW."estimated_amount", NEW."id", NEW."is_sealed", NEW."method", NEW."mrc_id", NEW."municipality_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."published_at", NEW."questions_until", NEW."reference", NEW."region_id", NEW."returned_because", NEW."slug", NEW."starts_on", NEW."status", NEW."submitted_at", NEW."title", NEW."unspsc", NEW."version"); RETURN NULL;', hash='b5d257b6f17e3d5030d83e03df10bde90e743749', operation='INSERT', pgid='pgtrigger_insert_insert_ce604', table='buyers_need', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='need',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "buyers_needevent" ("audience", "band", "buyer_id", "cancelled_at", "cancelled_because", "closes_at", "closing_told", "copied_from_id", "created_at", "created_by_id", "decided_at", "description", "ends_on", "estimated_amount", "id", "is_sealed", "method", "mrc_id", "municipality_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "published_at", "questions_until", "reference", "region_id", "returned_because", "slug", "starts_on", "status", "submitted_at", "title", "unspsc", "version") VALUES (NEW."audience", NEW."band", NEW."buyer_id", NEW."cancelled_at", NEW."cancelled_because", NEW."closes_at", NEW."closing_told", NEW."copied_from_id", NEW."created_at", NEW."created_by_id", NEW."decided_at", NEW."description", NEW."ends_on", NEW."estimated_amount", NEW."id", NEW."is_sealed", NEW."method", NEW."mrc_id", NEW."municipality_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."published_at", NEW."questions_until", NEW."reference", NEW."region_id", NEW."returned_because", NEW."slug", NEW."starts_on", NEW."status", NEW."submitted_at", NEW."title", NEW."unspsc", NEW."version"); RETURN NULL;', hash='bc7750d6ea48466cb975b00dbf1600aa38854803', operation='UPDATE', pgid='pgtrigger_update_update_d7aed', table='buyers_need', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='need',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "buyers_needevent" ("audience", "band", "buyer_id", "cancelled_at", "cancelled_because", "closes_at", "closing_told", "copied_from_id", "created_at", "created_by_id", "decided_at", "description", "ends_on", "estimated_amount", "id", "is_sealed", "method", "mrc_id", "municipality_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "published_at", "questions_until", "reference", "region_id", "returned_because", "slug", "starts_on", "status", "submitted_at", "title", "unspsc", "version") VALUES (OLD."audience", OLD."band", OLD."buyer_id", OLD."cancelled_at", OLD."cancelled_because", OLD."closes_at", OLD."closing_told", OLD."copied_from_id", OLD."created_at", OLD."created_by_id", OLD."decided_at", OLD."description", OLD."ends_on", OLD."estimated_amount", OLD."id", OLD."is_sealed", OLD."method", OLD."mrc_id", OLD."municipality_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place", OLD."published_at", OLD."questions_until", OLD."reference", OLD."region_id", OLD."returned_because", OLD."slug", OLD."starts_on", OLD."status", OLD."submitted_at", OLD."title", OLD."unspsc", OLD."version"); RETURN NULL;', hash='d76a565ea055cd0b5aa48f893be7d082c8648659', operation='DELETE', pgid='pgtrigger_delete_delete_77bf0', table='buyers_need', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='needdocument',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "buyers_needdocumentevent" ("file_id", "id", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."file_id", NEW."id", NEW."need_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='40d3c8085c1ff41d11ee177716b9b8d87b81a08e', operation='INSERT', pgid='pgtrigger_insert_insert_86125', table='buyers_needdocument', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='needdocument',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "buyers_needdocumentevent" ("file_id", "id", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."file_id", NEW."id", NEW."need_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='4f5fa547951836965f58b5a59a15cc0091c795ff', operation='UPDATE', pgid='pgtrigger_update_update_15a72', table='buyers_needdocument', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='needdocument',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "buyers_needdocumentevent" ("file_id", "id", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."file_id", OLD."id", OLD."need_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='de98fe1180aab7575ec8db0e45b38f71a0e75135', operation='DELETE', pgid='pgtrigger_delete_delete_dcd92', table='buyers_needdocument', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='clause',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "buyers_clauseevent" ("example", "example_en", "id", "is_active", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "source", "text", "text_en", "title", "title_en", "weight", "words") VALUES (NEW."example", NEW."example_en", NEW."id", NEW."is_active", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."source", NEW."text", NEW."text_en", NEW."title", NEW."title_en", NEW."weight", NEW."words"); RETURN NULL;', hash='d8e83bd3d3d73b37d6879a7c79071defc8483d37', operation='INSERT', pgid='pgtrigger_insert_insert_88417', table='buyers_clause', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='clause',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "buyers_clauseevent" ("example", "example_en", "id", "is_active", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "source", "text", "text_en", "title", "title_en", "weight", "words") VALUES (NEW."example", NEW."example_en", NEW."id", NEW."is_active", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."source", NEW."text", NEW."text_en", NEW."title", NEW."title_en", NEW."weight", NEW."words"); RETURN NULL;', hash='1cf5c35c8e342b514220413e5196eda0fbd6f70d', operation='UPDATE', pgid='pgtrigger_update_update_a336f', table='buyers_clause', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='clause',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "buyers_clauseevent" ("example", "example_en", "id", "is_active", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "source", "text", "text_en", "title", "title_en", "weight", "words") VALUES (OLD."example", OLD."example_en", OLD."id", OLD."is_active", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."source", OLD."text", OLD."text_en", OLD."title", OLD."title_en", OLD."weight", OLD."words"); RETURN NULL;', hash='c2c014b08a244556be04cdddfb6ce83d836be885', operation='DELETE', pgid='pgtrigger_delete_delete_23e14', table='buyers_clause', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='procedurerule',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "buyers_procedureruleevent" ("amount_from", "amount_to", "category", "checked_on", "citation", "confirm", "confirm_en", "id", "in_force", "label", "label_en", "paths", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "regimes", "source_url", "supplier_form", "valid_from", "valid_until") VALUES (NEW."amount_from", NEW."amount_to", NEW."category", NEW."checked_on", NEW."citation", NEW."confirm", NEW."confirm_en", NEW."id", NEW."in_force", NEW."label", NEW."label_en", NEW."paths", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."regimes", NEW."source_url", NEW."supplier_form", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='429d9ce5876ff6725b047e83e343ace0f31e6b94', operation='INSERT', pgid='pgtrigger_insert_insert_fdc4b', table='buyers_procedurerule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='procedurerule',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "buyers_procedureruleevent" ("amount_from", "amount_to", "category", "checked_on", "citation", "confirm", "confirm_en", "id", "in_force", "label", "label_en", "paths", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "regimes", "source_url", "supplier_form", "valid_from", "valid_until") VALUES (NEW."amount_from", NEW."amount_to", NEW."category", NEW."checked_on", NEW."citation", NEW."confirm", NEW."confirm_en", NEW."id", NEW."in_force", NEW."label", NEW."label_en", NEW."paths", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."regimes", NEW."source_url", NEW."supplier_form", NEW."valid_from", NEW."valid_until"); RETURN NULL;', hash='90fb323e17631ad1bde44027df3cdf033aa80000', operation='UPDATE', pgid='pgtrigger_update_update_1b2b0', table='buyers_procedurerule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='procedurerule',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "buyers_procedureruleevent" ("amount_from", "amount_to", "category", "checked_on", "citation", "confirm", "confirm_en", "id", "in_force", "label", "label_en", "paths", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "regimes", "source_url", "supplier_form", "valid_from", "valid_until") VALUES (OLD."amount_from", OLD."amount_to", OLD."category", OLD."checked_on", OLD."citation", OLD."confirm", OLD."confirm_en", OLD."id", OLD."in_force", OLD."label", OLD."label_en", OLD."paths", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."regimes", OLD."source_url", OLD."supplier_form", OLD."valid_from", OLD."valid_until"); RETURN NULL;', hash='cf38a7ca66f156e0b43fc89e9753a795107643e0', operation='DELETE', pgid='pgtrigger_delete_delete_121ef', table='buyers_procedurerule', when='AFTER')),
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
