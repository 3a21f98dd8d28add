"""Domains that were set before each had to be confirmed: they open nothing until staff have decided."""

from django.db import migrations


def ask_about_each(apps, schema_editor):
    organisations = apps.get_model("accounts", "Organisation").objects
    domains = apps.get_model("accounts", "EmailDomain").objects
    for organisation in (
        organisations.exclude(email_domains=[]).only("email_domains").iterator(chunk_size=500)
    ):
        for text in organisation.email_domains:
            try:
                domain = text.strip().lower().rstrip(".").encode("idna").decode("ascii")
            except UnicodeError:
                continue  # no mail comes from there
            if domain:
                domains.get_or_create(organisation_id=organisation.pk, domain=domain)
    organisations.exclude(email_domains=[]).update(email_domains=[])


def write_back(apps, schema_editor):
    """What was waiting or confirmed, as it was written before."""
    organisations = apps.get_model("accounts", "Organisation").objects
    rows = apps.get_model("accounts", "EmailDomain").objects.exclude(state="refused").order_by("pk")
    by_organisation = {}
    for pk, domain in rows.values_list("organisation_id", "domain"):
        by_organisation.setdefault(pk, []).append(domain)
    for pk, found in by_organisation.items():
        organisations.filter(pk=pk).update(email_domains=found)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_email_domains")]
    operations = [migrations.RunPython(ask_about_each, write_back)]
