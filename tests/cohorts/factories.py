"""A programme, an open cohort, its workshops, and a member of a published enterprise."""

from datetime import timedelta

import factory
from django.utils import timezone

from cohorts.models import Application, Cohort, Programme, State, Workshop
from tests import factories


class ProgrammeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Programme

    name = "Vendre aux acheteurs publics"
    name_en = "Selling to public buyers"
    teaches = "Lire un avis, chiffrer une offre, la défendre."


class CohortFactory(factory.django.DjangoModelFactory):
    """Announced by the Mauricie pôle, first come, two places, open for two weeks, starting in a month."""

    class Meta:
        model = Cohort

    programme = factory.SubFactory(ProgrammeFactory)
    pole = factory.LazyFunction(lambda: factories.pole("mauricie"))
    region_id = "04"
    title = factory.Sequence(lambda n: f"Cohorte numéro {n}")
    slug = factory.Sequence(lambda n: f"cohorte-{n}")
    text = "Six ateliers pour préparer une première soumission."
    places = 2
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))
    starts_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))
    ends_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=90))
    place = "Centre d’affaires, Trois-Rivières"
    state = State.OPEN
    opened_at = factory.LazyAttribute(lambda o: None if o.state == State.DRAFT else timezone.now())


class WorkshopFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Workshop

    cohort = factory.SubFactory(CohortFactory)
    title = factory.Sequence(lambda n: f"Atelier {n}")
    starts_at = factory.Sequence(lambda n: timezone.now() + timedelta(days=30 + n))


class ApplicationFactory(factory.django.DjangoModelFactory):
    """A row as the verbs would leave it; to decide unless told."""

    class Meta:
        model = Application

    cohort = factory.SubFactory(CohortFactory)
    supplier = factory.SubFactory(factories.SupplierFactory)
    state = Application.State.APPLIED
    arrival = factory.Sequence(lambda n: n + 1)
    motivation = "Nous voulons vendre nos services aux municipalités de la région."


def enterprise(name=None, **fields):
    """A published enterprise and its one member."""
    supplier = factories.SupplierFactory(**({"name": name} if name else {}), **fields)
    return supplier, factories.MembershipFactory(organisation=supplier.organisation).user
