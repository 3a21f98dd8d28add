import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

CRITERIA = django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(choices=[(1, 'Besoins des membres ou de la collectivité'), (2, 'Indépendance des organismes publics'), (3, 'Gestion démocratique par les membres'), (4, 'Viabilité économique'), (5, 'Distribution limitée des excédents'), (6, 'Reliquat à un organisme semblable')]), size=None, verbose_name='critères')


class Migration(migrations.Migration):

    dependencies = [
        ('suppliers', '0007_verification_facts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='evidencefile',
            name='supplier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='suppliers.supplier', verbose_name='fournisseur'),
        ),
        migrations.AlterField(model_name='evidencefile', name='criteria', field=CRITERIA),
        migrations.AlterField(model_name='evidencefileevent', name='criteria', field=CRITERIA),
        migrations.AlterField(
            model_name='evidencefileevent',
            name='supplier',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='suppliers.supplier', verbose_name='fournisseur'),
        ),
        migrations.AddConstraint(
            model_name='criterionanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('basis', ''), ('expires_on__isnull', True), ('proved_on__isnull', True)), models.Q(('basis__in', ['document', 'registry', 'website', 'call', 'federation']), ('expires_on__gte', models.F('proved_on')), ('expires_on__isnull', False), ('proved_on__isnull', False)), _connector='OR'), name='criterion_proof_has_dates_and_basis'),
        ),
        migrations.AddConstraint(
            model_name='criterionanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'proved'), _negated=True), ('proved_on__isnull', False), _connector='OR'), name='criterion_proved_has_a_proof'),
        ),
        migrations.AddConstraint(
            model_name='criterionanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'not_met'), _negated=True), ('proved_on__isnull', True), _connector='OR'), name='criterion_not_met_has_no_proof'),
        ),
        migrations.AddConstraint(
            model_name='evidencefile',
            constraint=models.CheckConstraint(condition=models.Q(('criteria__contained_by', [1, 2, 3, 4, 5, 6]), ('criteria__len__gte', 1)), name='evidence_serves_criteria_of_the_act'),
        ),
        migrations.AddConstraint(
            model_name='supplier',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verified_on__isnull', True), ('verified_until__isnull', True)), models.Q(('proved_until__len', 6), ('verified_on__isnull', False), ('verified_until__isnull', False)), _connector='OR'), name='supplier_verified_has_six_proofs'),
        ),
    ]
