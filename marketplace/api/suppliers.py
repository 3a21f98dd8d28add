"""`/api/v1/suppliers/`: the directory's questions in English, answered by published suppliers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch
from django.http import Http404, HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.web.emails import on_site
from marketplace.web.list_versions import list_version
from suppliers.directory_columns import DIRECTORY
from suppliers.duplicates.addresses import lead_to_standing
from suppliers.filters import DirectoryFilterSet
from suppliers.models import Offer, Supplier
from suppliers.references import references_as_json
from suppliers.search.asking import Found
from suppliers.supplier_pictures import LARGE, picture_url, pictures_as_json
from suppliers.verification import IN_PROGRESS, LAPSED, VERIFIED, Verification, verification_of

from .lists import ListPagination, PublicDetail, PublicList, page_address


class OfferSerializer(serializers.ModelSerializer[Offer]):
    """`price_from` and `price_to` are indications in Canadian dollars per `unit`; words are French."""

    codes = serializers.SerializerMethodField(help_text="UNSPSC codes, eight digits.")

    class Meta:
        model = Offer
        fields = [
            "kind", "title", "description", "capacity", "output", "lead_days", "minimum_order", "price_from",
            "price_to", "unit", "codes",
        ]  # fmt: skip
        extra_kwargs = {
            "lead_days": {"help_text": "Usual days from order to delivery."},
            "output": {"help_text": "What can be delivered, and over what time."},
        }

    def get_codes(self, offer: Offer) -> list[str]:
        return offer.code_list


class VerificationSerializer(serializers.Serializer[Verification]):
    """What may be said of it today. Verified: six criteria of six proved, all in date."""

    state = serializers.ChoiceField(choices=[VERIFIED, IN_PROGRESS, LAPSED])
    proved = serializers.IntegerField(help_text="Criteria proved and in date, of `of`.")
    of = serializers.IntegerField()
    verified_on = serializers.DateField(
        allow_null=True, help_text="Null unless the six were proved together."
    )
    expires_on = serializers.DateField(allow_null=True, help_text="The last day of the first proof to lapse.")


class ReferenceSerializer(serializers.Serializer[dict[str, Any]]):
    """Work that the customer confirmed by mail. `from_domain` is that of the address that confirmed it, if it is the customer's own."""

    customer = serializers.CharField()
    what = serializers.CharField()
    year = serializers.IntegerField()
    confirmed_on = serializers.DateField()
    from_domain = serializers.CharField(allow_blank=True)


class PictureSerializer(serializers.Serializer[dict[str, Any]]):
    """WebP; sizes in pixels."""

    kind = serializers.ChoiceField(choices=["logo", "photo"])
    url = serializers.URLField()
    alt = serializers.CharField(allow_blank=True)
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class SupplierSerializer(serializers.ModelSerializer[Supplier]):
    """A published supplier. `capacity` in Canadian dollars per contract; `url` is the page that people read."""

    name = serializers.CharField(source="organisation.name")
    neq = serializers.CharField(source="organisation.neq", allow_null=True)
    region = serializers.CharField(source="organisation.region_id", allow_null=True)
    mrc = serializers.CharField(source="organisation.mrc_id", allow_null=True)
    town = serializers.CharField(source="organisation.town")
    website = serializers.CharField(source="organisation.website")
    sector = serializers.CharField(source="sector_id", allow_null=True)
    purposes = serializers.SerializerMethodField()
    serves = serializers.SerializerMethodField(
        help_text="MRC codes, `R04` for a region, `Q` for all of Québec."
    )
    offers = OfferSerializer(many=True)
    verified_on = serializers.SerializerMethodField(
        help_text="The day on which the sixth criterion was proved; null unless `verification.state` is `verified`."
    )
    verification = serializers.SerializerMethodField()
    references = serializers.SerializerMethodField()
    pictures = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Supplier
        fields = [
            "slug",
            "name",
            "neq",
            "legal_form",
            "region",
            "mrc",
            "town",
            "sector",
            "purposes",
            "activity",
            "capacity",
            "hours",
            "people_served",
            "insured_for",
            "insured_until",
            "serves",
            "offers",
            "verified_on",
            "verification",
            "references",
            "pictures",
            "website",
            "url",
        ]

    def get_purposes(self, supplier: Supplier) -> list[str]:
        return supplier.purpose_list

    def get_serves(self, supplier: Supplier) -> list[str]:
        return list(supplier.directory.serves)

    def get_verified_on(self, supplier: Supplier) -> date | None:
        verification = verification_of(supplier)
        return verification.verified_on if verification.is_verified else None

    @extend_schema_field(VerificationSerializer)
    def get_verification(self, supplier: Supplier) -> dict[str, Any]:
        return verification_of(supplier).as_json()

    @extend_schema_field(ReferenceSerializer(many=True))
    def get_references(self, supplier: Any) -> list[dict[str, Any]]:
        return [
            {
                "customer": row["customer"],
                "what": row["what"],
                "year": row["year"],
                "confirmed_on": timezone.localdate(datetime.fromisoformat(row["answered_at"])),
                "from_domain": row["from_domain"],
            }
            for row in supplier.reference_rows
        ]

    @extend_schema_field(PictureSerializer(many=True))
    def get_pictures(self, supplier: Any) -> list[dict[str, Any]]:
        return [
            {
                "kind": row["kind"],
                "url": on_site(picture_url(UUID(str(row["key"])), LARGE)),
                "alt": row["alt"],
                "width": row["width"],
                "height": row["height"],
            }
            for row in supplier.picture_rows
        ]

    def get_url(self, supplier: Supplier) -> str:
        return page_address("suppliers:supplier", supplier.slug)


# A text may cost three statements before its answers are counted and found; what they show must not cost four more.
_CODES = Offer.codes.through.objects.filter(offer=OuterRef("pk")).order_by("unspsccode_id")
_PURPOSES = Supplier.purposes.through.objects.filter(supplier=OuterRef("pk")).order_by(
    "purpose__position", "purpose__label"
)
SHOWN = (
    Supplier.objects.select_related("organisation", "directory")
    .annotate(
        purpose_list=ArraySubquery(_PURPOSES.values("purpose_id")),
        reference_rows=references_as_json(),
        picture_rows=pictures_as_json(),
    )
    .prefetch_related(
        Prefetch("offers", Offer.objects.annotate(code_list=ArraySubquery(_CODES.values("unspsccode_id"))))
    )
)


TIERS = ("all", "important", "any")  # as `suppliers.search.hits` numbers them


class SupplierPagination(ListPagination):
    """With `search` where a text was asked: what it was understood to say, and how many answer how much of it."""

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        results = self.page.paginator.object_list
        if results.found:
            response.data["search"] = what_was_understood(results.found, results.answers.tiers)
        return response

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        whole = super().get_paginated_response_schema(schema)
        text, number = {"type": "string"}, {"type": "integer"}
        chip = {"type": "object", "properties": {"kind": text, "label": text}, "required": ["kind", "label"]}
        whole["properties"]["search"] = {
            "type": "object",
            "title": "How `q` was read; absent without it.",
            "properties": {
                "understood": {"type": "array", "items": chip},
                "read_as": {**text, "title": "The text with its slips mended, which was searched instead; or empty."},
                "did_you_mean": {**text, "title": "A spelling that would find more; or empty."},
                "tiers": {
                    "type": "object",
                    "title": "How many answer everything, what matters most, or a part; `count` says how many are listed.",
                    "properties": dict.fromkeys(TIERS, number),
                    "required": list(TIERS),
                },
            },
            "required": ["understood", "read_as", "did_you_mean", "tiers"],
        }  # fmt: skip
        return whole


def what_was_understood(found: Found, tiers: Sequence[int]) -> dict[str, Any]:
    return {
        "understood": [{"kind": chip.kind, "label": chip.label} for chip in found.wishes.chips],
        "read_as": found.read_as,
        "did_you_mean": found.suggestion,
        "tiers": dict(zip(TIERS, (*tiers, 0, 0, 0), strict=False)),
    }


class SupplierList(PublicList):
    """Published suppliers. A value that nothing knows is ignored and said in `messages`."""

    pagination_class = SupplierPagination
    serializer_class = SupplierSerializer
    filterset_class = DirectoryFilterSet
    queryset = Supplier.objects.none()  # what answers comes from the directory's own tables

    def state(self) -> str:
        return list_version(DIRECTORY)

    def paginate_queryset(self, queryset: Any) -> list[Supplier]:
        """The page of the directory, with what the API shows of each supplier."""
        found = super().paginate_queryset(queryset)
        suppliers = SHOWN.visible_to(self.request.user).published().in_bulk(found)
        return [suppliers[pk] for pk in found if pk in suppliers]


class SupplierDetail(PublicDetail):
    """One published supplier."""

    serializer_class = SupplierSerializer
    lookup_field = "slug"

    def get_queryset(self) -> Any:
        return SHOWN.visible_to(self.request.user).published()

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().get(request, *args, **kwargs)
        except Http404:  # a listing that was found twice gave way to another
            return lead_to_standing(request, "api:supplier", kwargs["slug"])
