"""Programmes and cohorts, as three migrations made them."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('cohorts', '0001_initial'),
        ('cohorts', '0002_workshop_changes'),
        ('cohorts', '0003_words_people_read'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0014_search_consents'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('suppliers', '0020_directory_stems'),
        ('territories', '0003_words_people_read'),
        ('web', '0005_list_change_rows'),
    ]

    operations = [
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=140, verbose_name='nom')),
                ('name_en', models.CharField(blank=True, max_length=140, verbose_name='nom en anglais')),
                ('teaches', models.TextField(verbose_name='ce qu’on y apprend')),
                ('teaches_en', models.TextField(blank=True, verbose_name='ce qu’on y apprend, en anglais')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créé le')),
                ('pole', models.ForeignKey(blank=True, help_text='Vide\xa0: parcours provincial, ouvert à tous les pôles.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='programmes', to='territories.pole', verbose_name='pôle')),
            ],
            options={
                'verbose_name': 'parcours',
                'verbose_name_plural': 'parcours',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Cohort',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=140, verbose_name='titre')),
                ('title_en', models.CharField(blank=True, max_length=140, verbose_name='titre en anglais')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='adresse de la page')),
                ('text', models.TextField(blank=True, verbose_name='présentation')),
                ('text_en', models.TextField(blank=True, verbose_name='présentation en anglais')),
                ('audience', models.TextField(blank=True, verbose_name='à qui elle s’adresse')),
                ('audience_en', models.TextField(blank=True, verbose_name='à qui elle s’adresse, en anglais')),
                ('admission', models.CharField(choices=[('first_come', 'premier arrivé, premier servi'), ('selection', 'sur sélection du pôle')], default='first_come', max_length=10, verbose_name='admission')),
                ('places', models.PositiveSmallIntegerField(default=12, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)], verbose_name='places')),
                ('confirm_days', models.PositiveSmallIntegerField(default=3, help_text='Quand une place se libère, la première en attente a ce délai pour la prendre.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)], verbose_name='jours pour confirmer une place offerte')),
                ('opens_at', models.DateTimeField(verbose_name='candidatures à partir du')),
                ('closes_at', models.DateTimeField(verbose_name='candidatures jusqu’au')),
                ('starts_on', models.DateField(verbose_name='début')),
                ('ends_on', models.DateField(verbose_name='fin')),
                ('is_online', models.BooleanField(default=False, verbose_name='en ligne')),
                ('place', models.CharField(blank=True, max_length=140, verbose_name='lieu')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='adresse')),
                ('state', models.CharField(choices=[('draft', 'en préparation'), ('open', 'annoncée'), ('closed', 'candidatures fermées'), ('running', 'en cours'), ('done', 'terminée'), ('cancelled', 'annulée')], default='draft', editable=False, max_length=10, verbose_name='état')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='depuis le')),
                ('opened_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='annoncée le')),
                ('reminded_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='rappel envoyé le')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créée le')),
                ('partners', models.ManyToManyField(blank=True, help_text='Leurs équipes décident aussi des candidatures.', related_name='shared_cohorts', to='territories.pole', verbose_name='avec ces pôles')),
                ('pole', models.ForeignKey(help_text='Il signe les courriels et reçoit les réponses.', on_delete=django.db.models.deletion.PROTECT, related_name='cohorts', to='territories.pole', verbose_name='pôle responsable')),
                ('region', models.ForeignKey(blank=True, help_text='Vide\xa0: ouverte à toutes les régions.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territories.region', verbose_name='région')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cohorts', to='cohorts.programme', verbose_name='parcours')),
            ],
            options={
                'verbose_name': 'cohorte',
                'verbose_name_plural': 'cohortes',
                'indexes': [models.Index(fields=['state', 'starts_on'], name='cohort_state_start')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'open', 'closed', 'running', 'done', 'cancelled'])), name='cohort_state_known'), models.CheckConstraint(condition=models.Q(('admission__in', ['first_come', 'selection'])), name='cohort_admission_known'), models.CheckConstraint(condition=models.Q(('places__gte', 1)), name='cohort_has_a_place'), models.CheckConstraint(condition=models.Q(('confirm_days__gte', 1)), name='cohort_leaves_time_to_confirm'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'cancelled']), ('opened_at__isnull', False), _connector='OR'), name='cohort_open_is_dated'), models.CheckConstraint(condition=models.Q(('opens_at__lt', models.F('closes_at'))), name='cohort_opens_then_closes'), models.CheckConstraint(condition=models.Q(('starts_on__lte', models.F('ends_on'))), name='cohort_starts_then_ends')],
            },
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('motivation', models.TextField(blank=True, verbose_name='motivation')),
                ('state', models.CharField(choices=[('applied', 'à décider'), ('accepted', 'acceptée'), ('offered', 'place offerte'), ('waiting', 'en attente d’une place'), ('declined', 'refusée'), ('withdrawn', 'retirée'), ('lapsed', 'sans réponse à temps')], max_length=10, verbose_name='état')),
                ('arrival', models.PositiveIntegerField(verbose_name='arrivée')),
                ('seat', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='place')),
                ('queue', models.PositiveIntegerField(blank=True, null=True, verbose_name='numéro d’attente')),
                ('confirm_by', models.DateTimeField(blank=True, null=True, verbose_name='à confirmer avant le')),
                ('message', models.TextField(blank=True, verbose_name='message du pôle')),
                ('applied_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='posée le')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='depuis le')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='posée par')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='décidée par')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='applications', to='suppliers.supplier', verbose_name='entreprise')),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='cohorts.cohort', verbose_name='cohorte')),
            ],
            options={
                'verbose_name': 'candidature',
                'verbose_name_plural': 'candidatures',
                'indexes': [models.Index(condition=models.Q(('state', 'offered')), fields=['confirm_by'], name='application_offers'), models.Index(fields=['cohort', 'state', 'arrival'], name='application_by_state')],
                'constraints': [models.UniqueConstraint(fields=('cohort', 'arrival'), name='application_one_per_arrival'), models.UniqueConstraint(fields=('cohort', 'seat'), name='application_one_per_seat'), models.UniqueConstraint(fields=('cohort', 'queue'), name='application_one_per_queue_number'), models.UniqueConstraint(condition=models.Q(('state__in', ['withdrawn', 'lapsed']), _negated=True), fields=('cohort', 'supplier'), name='application_once'), models.CheckConstraint(condition=models.Q(('state__in', ['applied', 'accepted', 'offered', 'waiting', 'declined', 'withdrawn', 'lapsed'])), name='application_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('seat__isnull', False), ('state__in', ['accepted', 'offered'])), models.Q(models.Q(('state__in', ['accepted', 'offered']), _negated=True), ('seat__isnull', True)), _connector='OR'), name='application_in_holds_a_seat'), models.CheckConstraint(condition=models.Q(models.Q(('queue__isnull', False), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('queue__isnull', True)), _connector='OR'), name='application_waiting_has_a_number'), models.CheckConstraint(condition=models.Q(models.Q(('confirm_by__isnull', False), ('state', 'offered')), models.Q(models.Q(('state', 'offered'), _negated=True), ('confirm_by__isnull', True)), _connector='OR'), name='application_offer_has_an_end'), models.CheckConstraint(condition=models.Q(('seat__isnull', True), ('seat__gte', 1), _connector='OR'), name='application_seats_from_one')],
            },
        ),
        migrations.CreateModel(
            name='ApplicationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('motivation', models.TextField(blank=True, verbose_name='motivation')),
                ('state', models.CharField(choices=[('applied', 'à décider'), ('accepted', 'acceptée'), ('offered', 'place offerte'), ('waiting', 'en attente d’une place'), ('declined', 'refusée'), ('withdrawn', 'retirée'), ('lapsed', 'sans réponse à temps')], max_length=10, verbose_name='état')),
                ('arrival', models.PositiveIntegerField(verbose_name='arrivée')),
                ('seat', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='place')),
                ('queue', models.PositiveIntegerField(blank=True, null=True, verbose_name='numéro d’attente')),
                ('confirm_by', models.DateTimeField(blank=True, null=True, verbose_name='à confirmer avant le')),
                ('message', models.TextField(blank=True, verbose_name='message du pôle')),
                ('applied_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='posée le')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='depuis le')),
                ('by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='posée par')),
                ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='décidée par')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='cohorts.application')),
                ('supplier', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='suppliers.supplier', verbose_name='entreprise')),
                ('cohort', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cohorts.cohort', verbose_name='cohorte')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CohortEvent',
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
                ('audience', models.TextField(blank=True, verbose_name='à qui elle s’adresse')),
                ('audience_en', models.TextField(blank=True, verbose_name='à qui elle s’adresse, en anglais')),
                ('admission', models.CharField(choices=[('first_come', 'premier arrivé, premier servi'), ('selection', 'sur sélection du pôle')], default='first_come', max_length=10, verbose_name='admission')),
                ('places', models.PositiveSmallIntegerField(default=12, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)], verbose_name='places')),
                ('confirm_days', models.PositiveSmallIntegerField(default=3, help_text='Quand une place se libère, la première en attente a ce délai pour la prendre.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)], verbose_name='jours pour confirmer une place offerte')),
                ('opens_at', models.DateTimeField(verbose_name='candidatures à partir du')),
                ('closes_at', models.DateTimeField(verbose_name='candidatures jusqu’au')),
                ('starts_on', models.DateField(verbose_name='début')),
                ('ends_on', models.DateField(verbose_name='fin')),
                ('is_online', models.BooleanField(default=False, verbose_name='en ligne')),
                ('place', models.CharField(blank=True, max_length=140, verbose_name='lieu')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='adresse')),
                ('state', models.CharField(choices=[('draft', 'en préparation'), ('open', 'annoncée'), ('closed', 'candidatures fermées'), ('running', 'en cours'), ('done', 'terminée'), ('cancelled', 'annulée')], default='draft', editable=False, max_length=10, verbose_name='état')),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='depuis le')),
                ('opened_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='annoncée le')),
                ('reminded_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='rappel envoyé le')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créée le')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='cohorts.cohort')),
                ('pole', models.ForeignKey(db_constraint=False, help_text='Il signe les courriels et reçoit les réponses.', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='territories.pole', verbose_name='pôle responsable')),
                ('region', models.ForeignKey(blank=True, db_constraint=False, help_text='Vide\xa0: ouverte à toutes les régions.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='territories.region', verbose_name='région')),
                ('programme', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cohorts.programme', verbose_name='parcours')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProgrammeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=140, verbose_name='nom')),
                ('name_en', models.CharField(blank=True, max_length=140, verbose_name='nom en anglais')),
                ('teaches', models.TextField(verbose_name='ce qu’on y apprend')),
                ('teaches_en', models.TextField(blank=True, verbose_name='ce qu’on y apprend, en anglais')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créé le')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='cohorts.programme')),
                ('pole', models.ForeignKey(blank=True, db_constraint=False, help_text='Vide\xa0: parcours provincial, ouvert à tous les pôles.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='territories.pole', verbose_name='pôle')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Workshop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=140, verbose_name='titre')),
                ('title_en', models.CharField(blank=True, max_length=140, verbose_name='titre en anglais')),
                ('starts_at', models.DateTimeField(verbose_name='le')),
                ('minutes', models.PositiveSmallIntegerField(default=120, validators=[django.core.validators.MinValueValidator(15), django.core.validators.MaxValueValidator(720)], verbose_name='durée (minutes)')),
                ('place', models.CharField(blank=True, max_length=140, verbose_name='lieu, s’il diffère')),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='workshops', to='cohorts.cohort', verbose_name='cohorte')),
                ('is_cancelled', models.BooleanField(default=False, verbose_name='annulé')),
                ('sequence', models.PositiveSmallIntegerField(default=0, editable=False)),
            ],
            options={
                'verbose_name': 'atelier',
                'verbose_name_plural': 'ateliers',
                'ordering': ['starts_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('minutes__gte', 15)), name='workshop_lasts'), models.UniqueConstraint(condition=models.Q(('is_cancelled', False)), fields=('cohort', 'starts_at'), name='workshop_once_per_hour')],
            },
        ),
        migrations.CreateModel(
            name='WorkshopEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('title', models.CharField(max_length=140, verbose_name='titre')),
                ('title_en', models.CharField(blank=True, max_length=140, verbose_name='titre en anglais')),
                ('starts_at', models.DateTimeField(verbose_name='le')),
                ('minutes', models.PositiveSmallIntegerField(default=120, validators=[django.core.validators.MinValueValidator(15), django.core.validators.MaxValueValidator(720)], verbose_name='durée (minutes)')),
                ('place', models.CharField(blank=True, max_length=140, verbose_name='lieu, s’il diffère')),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('cohort', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cohorts.cohort', verbose_name='cohorte')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='cohorts.workshop')),
                ('is_cancelled', models.BooleanField(default=False, verbose_name='annulé')),
                ('sequence', models.PositiveSmallIntegerField(default=0, editable=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programme',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cohorts_programmeevent" ("created_at", "id", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pole_id", "teaches", "teaches_en") VALUES (NEW."created_at", NEW."id", NEW."name", NEW."name_en", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pole_id", NEW."teaches", NEW."teaches_en"); RETURN NULL;', hash='ddd8875fc2af2dcfabf6ce07b48dcddd02fcb12e', operation='INSERT', pgid='pgtrigger_insert_insert_bc527', table='cohorts_programme', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programme',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "cohorts_programmeevent" ("created_at", "id", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pole_id", "teaches", "teaches_en") VALUES (NEW."created_at", NEW."id", NEW."name", NEW."name_en", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pole_id", NEW."teaches", NEW."teaches_en"); RETURN NULL;', hash='9247ca7f169cf7be830484334fab4f42bd54170f', operation='UPDATE', pgid='pgtrigger_update_update_9f033', table='cohorts_programme', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programme',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cohorts_programmeevent" ("created_at", "id", "name", "name_en", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pole_id", "teaches", "teaches_en") VALUES (OLD."created_at", OLD."id", OLD."name", OLD."name_en", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pole_id", OLD."teaches", OLD."teaches_en"); RETURN NULL;', hash='4198436f6a5dd0d9e94a064ef2dbad49b78bbbc6', operation='DELETE', pgid='pgtrigger_delete_delete_e9984', table='cohorts_programme', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cohort',
            trigger=pgtrigger.compiler.Trigger(name='seats_fit_in_places', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (SELECT FROM cohorts_application WHERE cohort_id = NEW.id AND seat > NEW.places) THEN\n                        RAISE EXCEPTION 'cohort %: a seat past the % places is taken', NEW.id, NEW.places\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'seats_fit_in_places';\n                    END IF;\n                    RETURN NEW;\n                ", hash='f97a16bafc51533ae12fe125e100fe2a7dac679b', operation='UPDATE OF "places"', pgid='pgtrigger_seats_fit_in_places_6291b', table='cohorts_cohort', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cohort',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cohorts_cohortevent" ("address", "admission", "audience", "audience_en", "closes_at", "confirm_days", "created_at", "ends_on", "id", "is_online", "opened_at", "opens_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "places", "pole_id", "programme_id", "region_id", "reminded_at", "slug", "starts_on", "state", "state_changed_at", "text", "text_en", "title", "title_en") VALUES (NEW."address", NEW."admission", NEW."audience", NEW."audience_en", NEW."closes_at", NEW."confirm_days", NEW."created_at", NEW."ends_on", NEW."id", NEW."is_online", NEW."opened_at", NEW."opens_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."places", NEW."pole_id", NEW."programme_id", NEW."region_id", NEW."reminded_at", NEW."slug", NEW."starts_on", NEW."state", NEW."state_changed_at", NEW."text", NEW."text_en", NEW."title", NEW."title_en"); RETURN NULL;', hash='47b7bc4c1a6766070487d89c376929860a2afbda', operation='INSERT', pgid='pgtrigger_insert_insert_d3a96', table='cohorts_cohort', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cohort',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "cohorts_cohortevent" ("address", "admission", "audience", "audience_en", "closes_at", "confirm_days", "created_at", "ends_on", "id", "is_online", "opened_at", "opens_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "places", "pole_id", "programme_id", "region_id", "reminded_at", "slug", "starts_on", "state", "state_changed_at", "text", "text_en", "title", "title_en") VALUES (NEW."address", NEW."admission", NEW."audience", NEW."audience_en", NEW."closes_at", NEW."confirm_days", NEW."created_at", NEW."ends_on", NEW."id", NEW."is_online", NEW."opened_at", NEW."opens_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."places", NEW."pole_id", NEW."programme_id", NEW."region_id", NEW."reminded_at", NEW."slug", NEW."starts_on", NEW."state", NEW."state_changed_at", NEW."text", NEW."text_en", NEW."title", NEW."title_en"); RETURN NULL;', hash='da9837556db7b88a4c4976378ffd093f62d0af7d', operation='UPDATE', pgid='pgtrigger_update_update_09318', table='cohorts_cohort', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cohort',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cohorts_cohortevent" ("address", "admission", "audience", "audience_en", "closes_at", "confirm_days", "created_at", "ends_on", "id", "is_online", "opened_at", "opens_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "places", "pole_id", "programme_id", "region_id", "reminded_at", "slug", "starts_on", "state", "state_changed_at", "text", "text_en", "title", "title_en") VALUES (OLD."address", OLD."admission", OLD."audience", OLD."audience_en", OLD."closes_at", OLD."confirm_days", OLD."created_at", OLD."ends_on", OLD."id", OLD."is_online", OLD."opened_at", OLD."opens_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place", OLD."places", OLD."pole_id", OLD."programme_id", OLD."region_id", OLD."reminded_at", OLD."slug", OLD."starts_on", OLD."state", OLD."state_changed_at", OLD."text", OLD."text_en", OLD."title", OLD."title_en"); RETURN NULL;', hash='022e8ebfdbe6223541928daec5327fbcd2a1f260', operation='DELETE', pgid='pgtrigger_delete_delete_c354a', table='cohorts_cohort', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='seat_is_one_of_the_places', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."seat" IS NOT NULL)', declare='DECLARE most integer;', func="\n                    SELECT places INTO most FROM cohorts_cohort WHERE id = NEW.cohort_id FOR SHARE;\n                    IF NEW.seat > most THEN\n                        RAISE EXCEPTION 'cohort %: there is no seat %', NEW.cohort_id, NEW.seat\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_is_one_of_the_places';\n                    END IF;\n                    RETURN NEW;\n                ", hash='49d031a2a0819987236652a38f35fdd4ef5f34f3', operation='INSERT OR UPDATE', pgid='pgtrigger_seat_is_one_of_the_places_a9930', table='cohorts_application', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cohorts_applicationevent" ("applied_at", "arrival", "by_id", "cohort_id", "confirm_by", "decided_by_id", "id", "message", "motivation", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "queue", "seat", "state", "state_changed_at", "supplier_id") VALUES (NEW."applied_at", NEW."arrival", NEW."by_id", NEW."cohort_id", NEW."confirm_by", NEW."decided_by_id", NEW."id", NEW."message", NEW."motivation", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."queue", NEW."seat", NEW."state", NEW."state_changed_at", NEW."supplier_id"); RETURN NULL;', hash='58e77d4498531956814b90fbdca8d35e101fd771', operation='INSERT', pgid='pgtrigger_insert_insert_78df0', table='cohorts_application', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "cohorts_applicationevent" ("applied_at", "arrival", "by_id", "cohort_id", "confirm_by", "decided_by_id", "id", "message", "motivation", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "queue", "seat", "state", "state_changed_at", "supplier_id") VALUES (NEW."applied_at", NEW."arrival", NEW."by_id", NEW."cohort_id", NEW."confirm_by", NEW."decided_by_id", NEW."id", NEW."message", NEW."motivation", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."queue", NEW."seat", NEW."state", NEW."state_changed_at", NEW."supplier_id"); RETURN NULL;', hash='d224779e4b645b9cf95cbdabc6cecadd9475ac0b', operation='UPDATE', pgid='pgtrigger_update_update_50c14', table='cohorts_application', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cohorts_applicationevent" ("applied_at", "arrival", "by_id", "cohort_id", "confirm_by", "decided_by_id", "id", "message", "motivation", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "queue", "seat", "state", "state_changed_at", "supplier_id") VALUES (OLD."applied_at", OLD."arrival", OLD."by_id", OLD."cohort_id", OLD."confirm_by", OLD."decided_by_id", OLD."id", OLD."message", OLD."motivation", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."queue", OLD."seat", OLD."state", OLD."state_changed_at", OLD."supplier_id"); RETURN NULL;', hash='29df99b5ce9b467223dfc5f4f63886f22480dd18', operation='DELETE', pgid='pgtrigger_delete_delete_193fe', table='cohorts_application', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workshop',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cohorts_workshopevent" ("cohort_id", "id", "is_cancelled", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "sequence", "starts_at", "title", "title_en", "updated_at") VALUES (NEW."cohort_id", NEW."id", NEW."is_cancelled", NEW."minutes", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."sequence", NEW."starts_at", NEW."title", NEW."title_en", NEW."updated_at"); RETURN NULL;', hash='417b27e89f61eb176a925fc7a43094dcbfec5198', operation='INSERT', pgid='pgtrigger_insert_insert_2768b', table='cohorts_workshop', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workshop',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "cohorts_workshopevent" ("cohort_id", "id", "is_cancelled", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "sequence", "starts_at", "title", "title_en", "updated_at") VALUES (NEW."cohort_id", NEW."id", NEW."is_cancelled", NEW."minutes", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."sequence", NEW."starts_at", NEW."title", NEW."title_en", NEW."updated_at"); RETURN NULL;', hash='ca2f6b09c5ddda03de859a6e54bd56c554b5f3f3', operation='UPDATE', pgid='pgtrigger_update_update_4fa66', table='cohorts_workshop', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workshop',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cohorts_workshopevent" ("cohort_id", "id", "is_cancelled", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "sequence", "starts_at", "title", "title_en", "updated_at") VALUES (OLD."cohort_id", OLD."id", OLD."is_cancelled", OLD."minutes", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place", OLD."sequence", OLD."starts_at", OLD."title", OLD."title_en", OLD."updated_at"); RETURN NULL;', hash='cbc8225ffcfdd4d5c7fce78567c6a3f6188231a0', operation='DELETE', pgid='pgtrigger_delete_delete_b33ef', table='cohorts_workshop', when='AFTER')),
        ),
    ]
