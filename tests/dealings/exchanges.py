"""A need with those who take part in it, and quotes handed in as the pages do."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from buyers.models import Need
from marketplace.dealings.models import Quote
from marketplace.dealings.need_exchanges.quoting import save_quote_draft, submit_quote
from marketplace.dealings.need_exchanges.sealing import (
    QuoteTerms,
    database_now,
    read_own_quote,
    seal_terms,
)
from marketplace.web.private_files import check_upload
from tests import factories

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n"


def exchange(suppliers: int = 2, *, seconds: float = 864_000, **fields: Any) -> SimpleNamespace:
    """`need` (sealed, closing in so many seconds by the database's clock), `buyer` and `colleague` of its institution,
    `sellers`: (supplier, member)."""
    shop = factories.BuyerFactory(name="Ville de Zacharie", verified_at=[])
    need = factories.NeedFactory(
        **{
            "buyer": shop,
            "is_sealed": True,
            "closes_at": database_now() + timedelta(seconds=seconds),
            **fields,
        }
    )
    buyer, colleague = (
        factories.MembershipFactory(
            organisation=shop.organisation, user=factories.UserFactory(first_name=name)
        ).user
        for name in ("Alice", "Bruno")
    )
    sellers = []
    for n in range(suppliers):
        supplier = factories.SupplierFactory(
            name=f"Zéphyr {n}", offers=[("Entretien ménager", "76111500")], serves=["R04"]
        )
        sellers.append((supplier, factories.MembershipFactory(organisation=supplier.organisation).user))
    return SimpleNamespace(need=need, buyer=buyer, colleague=colleague, sellers=sellers)


def hand_in(need: Any, seller: Any, amount: str = "1000", *, conditions: str = "", file: str = "") -> Any:
    """A quote of one seller, submitted now."""
    supplier, member = seller
    upload = check_upload(SimpleUploadedFile(file, PDF)) if file else None
    terms = QuoteTerms(amount=Decimal(amount), conditions=conditions)
    quote = save_quote_draft(need=need, supplier=supplier, terms=terms, upload=upload, by=member)
    return submit_quote(quote=quote, by=member)


def close(need: Any, *, ago: timedelta = timedelta(minutes=1)) -> None:
    """As if the closing had been a while ago, and all had been promised so: the rows are sealed anew for that moment."""
    closing = database_now() - ago
    for quote in Quote.objects.submitted().filter(need=need).select_related("supplier__organisation"):
        member = quote.supplier.organisation.memberships.first().user
        terms = read_own_quote(quote=quote, by=member)
        Quote.objects.filter(pk=quote.pk).update(
            content=seal_terms(quote, terms, until=closing),
            sealed_until=closing,
            submitted_at=closing - timedelta(hours=1) + timedelta(seconds=quote.pk % 3600),
        )
    Need.objects.filter(pk=need.pk).update(
        closes_at=closing, questions_until=None, published_at=closing - timedelta(days=9)
    )
    need.refresh_from_db()
