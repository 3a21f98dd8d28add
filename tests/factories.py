"""Rows for tests, by their words. Places and codes come from the reference data that the migrations load.

Mauricie holds MRC 371 (Trois-Rivières), 36 (Shawinigan), 51 (Maskinongé); Laval holds MRC 65.
"""

from datetime import datetime, time, timedelta

import factory
from django.utils import timezone

from buyers.models import Award, Buyer, EnteredNotice, Need, Tender, TenderVersion
from marketplace.accounts.models import EmailDomain, Membership, Organisation, PolePost, User
from marketplace.classification.models import UnspscCode
from marketplace.territories.models import Mrc, Pole
from suppliers.directory_index import reindex_suppliers
from suppliers.models import Contact, CriterionAnswer, Finding, LegalForm, Offer, ServedArea, Status, Supplier
from suppliers.verification import proof_until, refresh_verification

PASSWORD = "un-mot-de-passe-solide"


def pole(code: str) -> Pole:
    """A pôle of the reference data."""
    return Pole.objects.get(code=code)


def unspsc(code: str) -> UnspscCode:
    """A code of eight digits, made with its ancestors where the reference data has none."""
    parent = None
    for digits in (2, 4, 6, 8):
        padded = code[:digits].ljust(8, "0")
        parent, _ = UnspscCode.objects.get_or_create(
            code=padded, defaults={"level": digits, "parent": parent}
        )
        if padded == code:
            break
    return parent


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"personne{n}@exemple.test")
    first_name = "Maude"
    last_name = "Archambault"
    password = factory.django.Password(PASSWORD)


class PolePostFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PolePost

    user = factory.SubFactory(UserFactory, first_name="Nadia", last_name="Bélanger")
    pole = factory.LazyFunction(lambda: pole("mauricie"))


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    neq = factory.Sequence(lambda n: f"1198{n:06d}")
    name = factory.Sequence(lambda n: f"Atelier numéro {n}")
    town = "Trois-Rivières"
    postal_code = "G9A1A1"
    mrc = factory.LazyFunction(lambda: Mrc.objects.get(code="371"))
    region = factory.LazyAttribute(lambda o: o.mrc.region if o.mrc else None)


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)


class SupplierFactory(factory.django.DjangoModelFactory):
    """A published supplier by default, indexed in the directory; `status=` for another state, `name=` for its name.

    Nothing of it is proved, so it is not verified: `proved=6` makes it so.
    """

    class Meta:
        model = Supplier
        skip_postgeneration_save = True

    class Params:
        name = factory.Sequence(lambda n: f"Coopérative numéro {n}")
        mrc = factory.LazyFunction(lambda: Mrc.objects.get(code="371"))

    organisation = factory.SubFactory(
        OrganisationFactory, name=factory.SelfAttribute("..name"), mrc=factory.SelfAttribute("..mrc")
    )
    slug = factory.Sequence(lambda n: f"cooperative-numero-{n}")
    status = Status.PUBLISHED
    legal_form = LegalForm.COOP_SOLIDARITY
    activity = "Entretien ménager de bureaux et de lieux publics"
    capacity = 100_000

    @factory.post_generation
    def proved(self, create, extracted, **kwargs):
        """`proved=6` criteria proved (today; `proved__on=`, `proved__until=`, `proved__basis=`, `proved__pole=`)."""
        if extracted:
            prove_criteria(self, range(1, extracted + 1), **kwargs)

    @factory.post_generation
    def offers(self, create, extracted, **kwargs):
        """`offers=[("Entretien ménager", "76111500"), …]`"""
        for title, code in extracted or []:
            OfferFactory(supplier=self, title=title, codes=[code] if code else [])

    @factory.post_generation
    def serves(self, create, extracted, **kwargs):
        """`serves=["371", "R04", "Q"]`: MRC codes, regions, all of Québec."""
        for token in extracted or []:
            ServedArea.objects.create(
                supplier=self,
                mrc_id=None if token[0] in "RQ" else token,
                region_id=token[1:] if token[0] == "R" else None,
            )

    @factory.post_generation
    def indexed(self, create, extracted, **kwargs):
        if create and extracted is not False:
            reindex_suppliers(supplier_ids=[self.pk])


def prove_criteria(supplier, numbers, *, on=None, until=None, basis="registry", pole=None, by=None):
    """Proofs as staff would have found them on a day, today by default; they hold for a year where `until` is not given."""
    on = on or timezone.localdate()
    proof = {
        "state": Finding.PROVED,
        "found_at": timezone.make_aware(datetime.combine(on, time(12))),
        "found_by": by,
        "proved_on": on,
        "expires_on": until or proof_until(basis, on),
        "basis": basis,
        "pole": pole,
        "proved_by": by,
    }
    CriterionAnswer.objects.bulk_create(
        [CriterionAnswer(supplier=supplier, criterion=number, **proof) for number in numbers],
        update_conflicts=True,
        unique_fields=["supplier", "criterion"],
        update_fields=list(proof),
    )
    refresh_verification(supplier_ids=[supplier.pk])
    reindex_suppliers(supplier_ids=[supplier.pk])
    supplier.refresh_from_db(fields=["proved_until", "verified_on", "verified_until", "verified_by"])
    return supplier


class OfferFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Offer
        skip_postgeneration_save = True

    supplier = factory.SubFactory(SupplierFactory)
    title = "Entretien ménager"

    @factory.post_generation
    def codes(self, create, extracted, **kwargs):
        self.codes.set([unspsc(code) for code in extracted or []])


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    supplier = factory.SubFactory(SupplierFactory)
    name = "Sylvain Tremblay"
    email = factory.Sequence(lambda n: f"contact{n}@exemple.test")


class BuyerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Buyer
        skip_postgeneration_save = True

    class Params:
        name = factory.Sequence(lambda n: f"Ville numéro {n}")

    organisation = factory.SubFactory(
        OrganisationFactory,
        name=factory.SelfAttribute("..name"),
    )
    slug = factory.Sequence(lambda n: f"ville-numero-{n}")
    kind = Buyer.Kind.MUNICIPALITY

    @factory.post_generation
    def verified_at(self, create, domains, **kwargs):
        """Its own e-mail domains, where a pôle has verified it: a list, empty or not."""
        if domains is None:
            return
        self.organisation.institution_verified_on = timezone.localdate()
        self.organisation.save()
        for domain in domains:
            EmailDomain.objects.create(
                organisation=self.organisation, domain=domain, state="confirmed", decided_at=timezone.now()
            )


class NeedFactory(factory.django.DjangoModelFactory):
    """A published need, open for ten days, that everyone sees; `status=` (and what goes with it) for another state."""

    class Meta:
        model = Need

    buyer = factory.SubFactory("tests.factories.BuyerFactory")
    slug = factory.Sequence(lambda n: f"besoin-{n}")
    title = factory.Sequence(lambda n: f"Entretien ménager de l’hôtel de ville {n}")
    description = "Trois soirs par semaine, du 1er février au 31 décembre."
    status = Need.Status.PUBLISHED
    place = "Trois-Rivières"
    mrc = factory.LazyFunction(lambda: Mrc.objects.get(code="371"))
    region = factory.LazyAttribute(lambda o: o.mrc.region if o.mrc else None)
    band = "25k"
    unspsc = ["76111500"]
    published_at = factory.LazyFunction(timezone.now)
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=10))
    version = 1


class TenderFactory(factory.django.DjangoModelFactory):
    """An open notice in Mauricie, closing in three weeks, with one version."""

    class Meta:
        model = Tender
        skip_postgeneration_save = True

    ocid = factory.Sequence(lambda n: f"ocds-ec9k95-9{n:07d}")
    number = factory.LazyAttribute(lambda o: o.ocid.rpartition("-")[2])
    title = "Entretien ménager de deux points de service"
    status = Tender.Status.ACTIVE
    method = Tender.Method.OPEN
    category = Tender.Category.SERVICES
    unspsc = ["76111500"]
    buyer_name = "Ville de Shawinigan"
    region_id = "04"
    mrc_id = "36"
    region_source = Tender.RegionSource.NAME
    published_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=2))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=21))
    version = "20261101120000"
    url = "https://seao.gouv.qc.ca/avis-resultat-recherche/consulter?ItemId=exemple"

    @factory.post_generation
    def versions(self, create, extracted, **kwargs):
        if extracted is not False:
            TenderVersion.objects.create(tender=self, release_id=self.version, tags=["tender"], release={})


class EnteredNoticeFactory(factory.django.DjangoModelFactory):
    """As typed, not published yet (`buyers.feeds.entering`)."""

    class Meta:
        model = EnteredNotice

    pole = factory.LazyFunction(lambda: pole("mauricie"))
    title = "Déneigement de deux stationnements"
    buyer_name = "Ville de Shawinigan"
    mrc_id = "36"
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=10))


class AwardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Award

    tender = factory.SubFactory(TenderFactory, status=Tender.Status.COMPLETE)
    award_id = factory.Sequence(lambda n: f"{n}")
    neq = "1198000001"
    name = "Gagnante inc."
    amount = 48_700
