"""Matchmaking events, as three migrations made them."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import secrets
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('events', '0001_initial'),
        ('events', '0002_rescheduled'),
        ('events', '0003_words_people_read'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0014_search_consents'),
        ('buyers', '0010_first_rules'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('suppliers', '0020_directory_stems'),
        ('territories', '0003_words_people_read'),
        ('web', '0005_list_change_rows'),
    ]

    operations = [
        migrations.CreateModel(
            name='MatchmakingEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=140, verbose_name='titre')),
                ('title_en', models.CharField(blank=True, max_length=140, verbose_name='titre en anglais')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='adresse de la page')),
                ('text', models.TextField(blank=True, verbose_name='présentation')),
                ('text_en', models.TextField(blank=True, verbose_name='présentation en anglais')),
                ('day', models.DateField(verbose_name='jour')),
                ('place', models.CharField(max_length=140, verbose_name='lieu')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='adresse')),
                ('registration_opens_at', models.DateTimeField(verbose_name='inscriptions à partir du')),
                ('registration_closes_at', models.DateTimeField(verbose_name='inscriptions jusqu’au')),
                ('wishes_close_at', models.DateTimeField(verbose_name='souhaits jusqu’au')),
                ('slot_minutes', models.PositiveSmallIntegerField(default=25, help_text='Au moins 20 minutes\xa0: quinze minutes, c’est trop court.', validators=[django.core.validators.MinValueValidator(20), django.core.validators.MaxValueValidator(120)], verbose_name='durée d’une rencontre (minutes)')),
                ('gap_minutes', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MaxValueValidator(60)], verbose_name='temps pour changer de table (minutes)')),
                ('tables', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='tables')),
                ('spare_tables', models.PositiveSmallIntegerField(default=2, help_text='Elles restent libres pour les imprévus du jour.', validators=[django.core.validators.MaxValueValidator(20)], verbose_name='tables de réserve')),
                ('most_wishes', models.PositiveSmallIntegerField(default=8, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)], verbose_name='souhaits par organisation, au plus')),
                ('buyer_places', models.PositiveSmallIntegerField(blank=True, help_text='Vide\xa0: sans limite.', null=True, verbose_name='places pour les acheteurs')),
                ('supplier_places', models.PositiveSmallIntegerField(blank=True, help_text='Vide\xa0: sans limite.', null=True, verbose_name='places pour les fournisseurs')),
                ('state', models.CharField(choices=[('draft', 'en préparation'), ('open', 'inscriptions ouvertes'), ('wishes', 'choix des rencontres'), ('scheduled', 'grille proposée'), ('published', 'horaires publiés'), ('done', 'terminée'), ('cancelled', 'annulée')], default='draft', max_length=10, verbose_name='état')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='depuis le')),
                ('opened_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='annoncée le')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créée le')),
                ('pole', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matchmaking_events', to='territories.pole', verbose_name='pôle organisateur')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territories.region', verbose_name='région')),
                ('rescheduled_at', models.DateTimeField(editable=False, null=True)),
                ('sequence', models.PositiveSmallIntegerField(default=0, editable=False)),
            ],
            options={
                'verbose_name': 'activité de maillage',
                'verbose_name_plural': 'activités de maillage',
                'indexes': [models.Index(fields=['state', 'day'], name='event_state_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'open', 'wishes', 'scheduled', 'published', 'done', 'cancelled'])), name='event_state_known'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'cancelled']), ('opened_at__isnull', False), _connector='OR'), name='event_open_is_dated'), models.CheckConstraint(condition=models.Q(('slot_minutes__gte', 20)), name='event_slots_long_enough'), models.CheckConstraint(condition=models.Q(('tables__gte', 1)), name='event_has_a_table'), models.CheckConstraint(condition=models.Q(('registration_opens_at__lt', models.F('registration_closes_at')), ('registration_closes_at__lte', models.F('wishes_close_at'))), name='event_dates_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Block',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.TimeField(verbose_name='première rencontre à')),
                ('slots', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(20)], verbose_name='nombre de rencontres')),
                ('pause', models.CharField(blank=True, help_text='Par exemple\xa0: dîner, café.', max_length=80, verbose_name='pause avant ce bloc')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='blocks', to='events.matchmakingevent')),
            ],
            options={
                'verbose_name': 'bloc de rencontres',
                'verbose_name_plural': 'blocs de rencontres',
                'ordering': ['starts_at'],
                'constraints': [models.UniqueConstraint(fields=('event', 'starts_at'), name='block_once_per_hour'), models.CheckConstraint(condition=models.Q(('slots__gte', 1), ('slots__lte', 20)), name='block_has_slots')],
            },
        ),
        migrations.CreateModel(
            name='BlockEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('starts_at', models.TimeField(verbose_name='première rencontre à')),
                ('slots', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(20)], verbose_name='nombre de rencontres')),
                ('pause', models.CharField(blank=True, help_text='Par exemple\xa0: dîner, café.', max_length=80, verbose_name='pause avant ce bloc')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='events.block')),
                ('event', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='events.matchmakingevent')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MatchmakingEventEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('title', models.CharField(max_length=140, verbose_name='titre')),
                ('title_en', models.CharField(blank=True, max_length=140, verbose_name='titre en anglais')),
                ('slug', models.SlugField(db_index=False, max_length=80, verbose_name='adresse de la page')),
                ('text', models.TextField(blank=True, verbose_name='présentation')),
                ('text_en', models.TextField(blank=True, verbose_name='présentation en anglais')),
                ('day', models.DateField(verbose_name='jour')),
                ('place', models.CharField(max_length=140, verbose_name='lieu')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='adresse')),
                ('registration_opens_at', models.DateTimeField(verbose_name='inscriptions à partir du')),
                ('registration_closes_at', models.DateTimeField(verbose_name='inscriptions jusqu’au')),
                ('wishes_close_at', models.DateTimeField(verbose_name='souhaits jusqu’au')),
                ('slot_minutes', models.PositiveSmallIntegerField(default=25, help_text='Au moins 20 minutes\xa0: quinze minutes, c’est trop court.', validators=[django.core.validators.MinValueValidator(20), django.core.validators.MaxValueValidator(120)], verbose_name='durée d’une rencontre (minutes)')),
                ('gap_minutes', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MaxValueValidator(60)], verbose_name='temps pour changer de table (minutes)')),
                ('tables', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='tables')),
                ('spare_tables', models.PositiveSmallIntegerField(default=2, help_text='Elles restent libres pour les imprévus du jour.', validators=[django.core.validators.MaxValueValidator(20)], verbose_name='tables de réserve')),
                ('most_wishes', models.PositiveSmallIntegerField(default=8, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)], verbose_name='souhaits par organisation, au plus')),
                ('buyer_places', models.PositiveSmallIntegerField(blank=True, help_text='Vide\xa0: sans limite.', null=True, verbose_name='places pour les acheteurs')),
                ('supplier_places', models.PositiveSmallIntegerField(blank=True, help_text='Vide\xa0: sans limite.', null=True, verbose_name='places pour les fournisseurs')),
                ('state', models.CharField(choices=[('draft', 'en préparation'), ('open', 'inscriptions ouvertes'), ('wishes', 'choix des rencontres'), ('scheduled', 'grille proposée'), ('published', 'horaires publiés'), ('done', 'terminée'), ('cancelled', 'annulée')], default='draft', max_length=10, verbose_name='état')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='depuis le')),
                ('opened_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='annoncée le')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créée le')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='events.matchmakingevent')),
                ('pole', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='territories.pole', verbose_name='pôle organisateur')),
                ('region', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='territories.region', verbose_name='région')),
                ('rescheduled_at', models.DateTimeField(editable=False, null=True)),
                ('sequence', models.PositiveSmallIntegerField(default=0, editable=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Participation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('buyer', 'acheteur'), ('supplier', 'fournisseur')], max_length=8, verbose_name='côté')),
                ('needs', models.CharField(blank=True, max_length=300, verbose_name='ce que vous cherchez ou offrez')),
                ('free_slots', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None, verbose_name='présence')),
                ('most_meetings', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='rencontres, au plus')),
                ('is_listed', models.BooleanField(default=False, verbose_name='nommée sur la page publique')),
                ('state', models.CharField(choices=[('registered', 'inscrite'), ('withdrawn', 'retirée'), ('absent', 'absente')], default='registered', max_length=10, verbose_name='état')),
                ('token', models.CharField(default=secrets.token_urlsafe, editable=False, max_length=64, unique=True)),
                ('registered_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='inscrite le')),
                ('buyer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='event_participations', to='buyers.buyer')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participations', to='events.matchmakingevent')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='event_participations', to='accounts.organisation', verbose_name='organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='event_participations', to=settings.AUTH_USER_MODEL, verbose_name='personne')),
                ('supplier', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='event_participations', to='suppliers.supplier')),
            ],
            options={
                'verbose_name': 'participation',
                'verbose_name_plural': 'participations',
                'constraints': [models.UniqueConstraint(fields=('event', 'organisation', 'side'), name='participation_once_per_side'), models.CheckConstraint(condition=models.Q(models.Q(('buyer__isnull', False), ('side', 'buyer'), ('supplier__isnull', True)), models.Q(('buyer__isnull', True), ('side', 'supplier'), ('supplier__isnull', False)), _connector='OR'), name='participation_side_is_what_it_is'), models.CheckConstraint(condition=models.Q(('state__in', ['registered', 'withdrawn', 'absent'])), name='participation_state_known')],
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='heure')),
                ('table', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='table')),
                ('state', models.CharField(choices=[('planned', 'prévue'), ('moved', 'déplacée'), ('absent', 'annulée, absence'), ('done', 'terminée')], default='planned', max_length=8, verbose_name='état')),
                ('was_slot', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('was_table', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('changed_at', models.DateTimeField(blank=True, null=True, verbose_name='changée le')),
                ('sequence', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='placée le')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='meetings', to='events.matchmakingevent')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='meetings_as_buyer', to='events.participation')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='meetings_as_supplier', to='events.participation')),
            ],
            options={
                'verbose_name': 'rencontre',
                'verbose_name_plural': 'rencontres',
                'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('event', 'slot', 'table'), name='meeting_one_per_table'), models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('buyer', 'slot'), name='meeting_buyer_once_per_slot'), models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('supplier', 'slot'), name='meeting_supplier_once_per_slot'), models.UniqueConstraint(fields=('buyer', 'supplier'), name='meeting_pair_once'), models.CheckConstraint(condition=models.Q(models.Q(('slot__isnull', True), ('state', 'absent'), ('table__isnull', True)), models.Q(models.Q(('state', 'absent'), _negated=True), ('slot__isnull', False), ('table__isnull', False)), _connector='OR'), name='meeting_placed_unless_absent'), models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'moved', 'absent', 'done'])), name='meeting_state_known')],
            },
        ),
        migrations.CreateModel(
            name='MeetingEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('slot', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='heure')),
                ('table', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='table')),
                ('state', models.CharField(choices=[('planned', 'prévue'), ('moved', 'déplacée'), ('absent', 'annulée, absence'), ('done', 'terminée')], default='planned', max_length=8, verbose_name='état')),
                ('was_slot', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('was_table', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('changed_at', models.DateTimeField(blank=True, null=True, verbose_name='changée le')),
                ('sequence', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='placée le')),
                ('event', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='events.matchmakingevent')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='events.meeting')),
                ('buyer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='events.participation')),
                ('supplier', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='events.participation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ParticipationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('side', models.CharField(choices=[('buyer', 'acheteur'), ('supplier', 'fournisseur')], max_length=8, verbose_name='côté')),
                ('needs', models.CharField(blank=True, max_length=300, verbose_name='ce que vous cherchez ou offrez')),
                ('free_slots', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None, verbose_name='présence')),
                ('most_meetings', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='rencontres, au plus')),
                ('is_listed', models.BooleanField(default=False, verbose_name='nommée sur la page publique')),
                ('state', models.CharField(choices=[('registered', 'inscrite'), ('withdrawn', 'retirée'), ('absent', 'absente')], default='registered', max_length=10, verbose_name='état')),
                ('token', models.CharField(default=secrets.token_urlsafe, editable=False, max_length=64)),
                ('registered_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='inscrite le')),
                ('buyer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='buyers.buyer')),
                ('event', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='events.matchmakingevent')),
                ('organisation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation', verbose_name='organisation')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='personne')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='events.participation')),
                ('supplier', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='suppliers.supplier')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('whole', 'grille entière'), ('repair', 'ajustement')], default='whole', max_length=8, verbose_name='type')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='le')),
                ('meetings', models.PositiveIntegerField(verbose_name='rencontres placées')),
                ('wished', models.PositiveIntegerField(verbose_name='rencontres souhaitées')),
                ('met', models.PositiveIntegerField(verbose_name='rencontres souhaitées et placées')),
                ('value', models.IntegerField(verbose_name='valeur')),
                ('bound', models.IntegerField(verbose_name='maximum possible')),
                ('worst_served', models.PositiveSmallIntegerField(verbose_name='rencontres de l’organisation qui en a le moins')),
                ('moved', models.PositiveIntegerField(default=0, verbose_name='rencontres déplacées')),
                ('unmet', models.JSONField(default=list, verbose_name='souhaits sans rencontre')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='plans', to='events.matchmakingevent')),
            ],
            options={
                'verbose_name': 'calcul de la grille',
                'verbose_name_plural': 'calculs de la grille',
                'ordering': ['-at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('value__lte', models.F('bound'))), name='plan_within_its_bound'), models.CheckConstraint(condition=models.Q(('met__lte', models.F('wished'))), name='plan_meets_what_was_wished')],
            },
        ),
        migrations.CreateModel(
            name='Wish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='exprimé le')),
                ('wanted', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wished_by', to='events.participation')),
                ('wisher', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wishes', to='events.participation')),
            ],
            options={
                'verbose_name': 'souhait',
                'verbose_name_plural': 'souhaits',
                'ordering': ['rank'],
                'constraints': [models.UniqueConstraint(fields=('wisher', 'wanted'), name='wish_once'), models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('wisher', 'rank'), name='wish_one_per_rank'), models.CheckConstraint(condition=models.Q(('wisher', models.F('wanted')), _negated=True), name='wish_for_another'), models.CheckConstraint(condition=models.Q(('rank__gte', 1)), name='wish_rank_from_one')],
            },
        ),
        migrations.CreateModel(
            name='WishEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='exprimé le')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='events.wish')),
                ('wanted', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='events.participation')),
                ('wisher', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='events.participation')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='matchmakingevent',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_matchmakingeventevent" ("address", "buyer_places", "created_at", "day", "gap_minutes", "id", "most_wishes", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "pole_id", "region_id", "registration_closes_at", "registration_opens_at", "rescheduled_at", "sequence", "slot_minutes", "slug", "spare_tables", "state", "state_changed_at", "supplier_places", "tables", "text", "text_en", "title", "title_en", "wishes_close_at") VALUES (NEW."address", NEW."buyer_places", NEW."created_at", NEW."day", NEW."gap_minutes", NEW."id", NEW."most_wishes", NEW."opened_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."pole_id", NEW."region_id", NEW."registration_closes_at", NEW."registration_opens_at", NEW."rescheduled_at", NEW."sequence", NEW."slot_minutes", NEW."slug", NEW."spare_tables", NEW."state", NEW."state_changed_at", NEW."supplier_places", NEW."tables", NEW."text", NEW."text_en", NEW."title", NEW."title_en", NEW."wishes_close_at"); RETURN NULL;', hash='d3fbfb591787dd4cf1a2b906a2ca86572e2764a8', operation='INSERT', pgid='pgtrigger_insert_insert_2239a', table='events_matchmakingevent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='matchmakingevent',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "events_matchmakingeventevent" ("address", "buyer_places", "created_at", "day", "gap_minutes", "id", "most_wishes", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "pole_id", "region_id", "registration_closes_at", "registration_opens_at", "rescheduled_at", "sequence", "slot_minutes", "slug", "spare_tables", "state", "state_changed_at", "supplier_places", "tables", "text", "text_en", "title", "title_en", "wishes_close_at") VALUES (NEW."address", NEW."buyer_places", NEW."created_at", NEW."day", NEW."gap_minutes", NEW."id", NEW."most_wishes", NEW."opened_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."pole_id", NEW."region_id", NEW."registration_closes_at", NEW."registration_opens_at", NEW."rescheduled_at", NEW."sequence", NEW."slot_minutes", NEW."slug", NEW."spare_tables", NEW."state", NEW."state_changed_at", NEW."supplier_places", NEW."tables", NEW."text", NEW."text_en", NEW."title", NEW."title_en", NEW."wishes_close_at"); RETURN NULL;', hash='71707b9e8aae92120b781e83daacd8fd49e63093', operation='UPDATE', pgid='pgtrigger_update_update_60d4f', table='events_matchmakingevent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='matchmakingevent',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_matchmakingeventevent" ("address", "buyer_places", "created_at", "day", "gap_minutes", "id", "most_wishes", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "pole_id", "region_id", "registration_closes_at", "registration_opens_at", "rescheduled_at", "sequence", "slot_minutes", "slug", "spare_tables", "state", "state_changed_at", "supplier_places", "tables", "text", "text_en", "title", "title_en", "wishes_close_at") VALUES (OLD."address", OLD."buyer_places", OLD."created_at", OLD."day", OLD."gap_minutes", OLD."id", OLD."most_wishes", OLD."opened_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place", OLD."pole_id", OLD."region_id", OLD."registration_closes_at", OLD."registration_opens_at", OLD."rescheduled_at", OLD."sequence", OLD."slot_minutes", OLD."slug", OLD."spare_tables", OLD."state", OLD."state_changed_at", OLD."supplier_places", OLD."tables", OLD."text", OLD."text_en", OLD."title", OLD."title_en", OLD."wishes_close_at"); RETURN NULL;', hash='75a6ab5dc0a76432271173e54038527978aa13af', operation='DELETE', pgid='pgtrigger_delete_delete_2bc51', table='events_matchmakingevent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='block',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_blockevent" ("event_id", "id", "pause", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slots", "starts_at") VALUES (NEW."event_id", NEW."id", NEW."pause", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."slots", NEW."starts_at"); RETURN NULL;', hash='cdd63ea0033e35a382c48610faa85ec73afe80d1', operation='INSERT', pgid='pgtrigger_insert_insert_dda76', table='events_block', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='block',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "events_blockevent" ("event_id", "id", "pause", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slots", "starts_at") VALUES (NEW."event_id", NEW."id", NEW."pause", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."slots", NEW."starts_at"); RETURN NULL;', hash='372a71414693a8cd427c84ad2b8acccc9542cd57', operation='UPDATE', pgid='pgtrigger_update_update_5aa2f', table='events_block', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='block',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_blockevent" ("event_id", "id", "pause", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slots", "starts_at") VALUES (OLD."event_id", OLD."id", OLD."pause", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."slots", OLD."starts_at"); RETURN NULL;', hash='2bfa298ad4589741272f59eba4ff5fc8e85a8886', operation='DELETE', pgid='pgtrigger_delete_delete_dbc49', table='events_block', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='participation',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_participationevent" ("buyer_id", "event_id", "free_slots", "id", "is_listed", "most_meetings", "needs", "organisation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "registered_at", "side", "state", "supplier_id", "token") VALUES (NEW."buyer_id", NEW."event_id", NEW."free_slots", NEW."id", NEW."is_listed", NEW."most_meetings", NEW."needs", NEW."organisation_id", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."registered_at", NEW."side", NEW."state", NEW."supplier_id", NEW."token"); RETURN NULL;', hash='8a328d97994f43af477bad5fd786d100af81603a', operation='INSERT', pgid='pgtrigger_insert_insert_24e15', table='events_participation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='participation',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "events_participationevent" ("buyer_id", "event_id", "free_slots", "id", "is_listed", "most_meetings", "needs", "organisation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "registered_at", "side", "state", "supplier_id", "token") VALUES (NEW."buyer_id", NEW."event_id", NEW."free_slots", NEW."id", NEW."is_listed", NEW."most_meetings", NEW."needs", NEW."organisation_id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."registered_at", NEW."side", NEW."state", NEW."supplier_id", NEW."token"); RETURN NULL;', hash='768796c4abb0172c58d3eabe464547604cfb0003', operation='UPDATE', pgid='pgtrigger_update_update_dbe74', table='events_participation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='participation',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_participationevent" ("buyer_id", "event_id", "free_slots", "id", "is_listed", "most_meetings", "needs", "organisation_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "registered_at", "side", "state", "supplier_id", "token") VALUES (OLD."buyer_id", OLD."event_id", OLD."free_slots", OLD."id", OLD."is_listed", OLD."most_meetings", OLD."needs", OLD."organisation_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."registered_at", OLD."side", OLD."state", OLD."supplier_id", OLD."token"); RETURN NULL;', hash='4e67753ca5d4055bd59d9dbc8cdaa653d46afbfd', operation='DELETE', pgid='pgtrigger_delete_delete_56313', table='events_participation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meeting',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_meetingevent" ("buyer_id", "changed_at", "created_at", "event_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sequence", "slot", "state", "supplier_id", "table", "was_slot", "was_table") VALUES (NEW."buyer_id", NEW."changed_at", NEW."created_at", NEW."event_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sequence", NEW."slot", NEW."state", NEW."supplier_id", NEW."table", NEW."was_slot", NEW."was_table"); RETURN NULL;', hash='436dc4c57098f5275986ffa361a3bcfd5a707835', operation='INSERT', pgid='pgtrigger_insert_insert_3992c', table='events_meeting', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meeting',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "events_meetingevent" ("buyer_id", "changed_at", "created_at", "event_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sequence", "slot", "state", "supplier_id", "table", "was_slot", "was_table") VALUES (NEW."buyer_id", NEW."changed_at", NEW."created_at", NEW."event_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sequence", NEW."slot", NEW."state", NEW."supplier_id", NEW."table", NEW."was_slot", NEW."was_table"); RETURN NULL;', hash='81022f7f4246946391333fb9d490cc106da9f482', operation='UPDATE', pgid='pgtrigger_update_update_c2417', table='events_meeting', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meeting',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_meetingevent" ("buyer_id", "changed_at", "created_at", "event_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sequence", "slot", "state", "supplier_id", "table", "was_slot", "was_table") VALUES (OLD."buyer_id", OLD."changed_at", OLD."created_at", OLD."event_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."sequence", OLD."slot", OLD."state", OLD."supplier_id", OLD."table", OLD."was_slot", OLD."was_table"); RETURN NULL;', hash='33221530e5f36b96e03a2e7c47446cc55a2191d7', operation='DELETE', pgid='pgtrigger_delete_delete_327bd', table='events_meeting', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wish',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_wishevent" ("created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "wanted_id", "wisher_id") VALUES (NEW."created_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rank", NEW."wanted_id", NEW."wisher_id"); RETURN NULL;', hash='918fde9619823272fe4f0da846db83a5a05026d5', operation='INSERT', pgid='pgtrigger_insert_insert_f9eca', table='events_wish', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wish',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "events_wishevent" ("created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "wanted_id", "wisher_id") VALUES (NEW."created_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rank", NEW."wanted_id", NEW."wisher_id"); RETURN NULL;', hash='a37e4abd9cc3d853eee34250ac2db053b36a5b35', operation='UPDATE', pgid='pgtrigger_update_update_53c75', table='events_wish', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wish',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "events_wishevent" ("created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "wanted_id", "wisher_id") VALUES (OLD."created_at", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rank", OLD."wanted_id", OLD."wisher_id"); RETURN NULL;', hash='924be362553c0bfb367aacd5da374d8e57205016', operation='DELETE', pgid='pgtrigger_delete_delete_b50e8', table='events_wish', when='AFTER')),
        ),
    ]
