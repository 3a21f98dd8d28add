"""Institutions that someone acts for already were invited by a pôle: they are verified."""

from django.db import migrations

FORWARD = """
ALTER TABLE buyers_buyer DISABLE TRIGGER USER;
UPDATE buyers_buyer SET standing = 'verified', verified_on = CURRENT_DATE
WHERE EXISTS (SELECT 1 FROM accounts_membership m WHERE m.organisation_id = buyers_buyer.organisation_id);
ALTER TABLE buyers_buyer ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):

    dependencies = [("buyers", "0002_enrolments"), ("accounts", "0002_editors")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
