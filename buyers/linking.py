"""Ties that become possible later: a profile made after its notices, a seller inscribed after its awards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from marketplace.web.verbs import verb

if TYPE_CHECKING:
    from marketplace.accounts.models import User

# A name that two profiles share ties to neither; one that only a person declared ties to nothing.
_PARTIES = """
UPDATE buyers_buyerparty p SET buyer_id = named.id
FROM (
    SELECT min(b.id) AS id, f_fold(o.name) AS name
    FROM buyers_buyer b JOIN accounts_organisation o ON o.id = b.organisation_id
    WHERE b.is_listed OR o.institution_verified_on IS NOT NULL
    GROUP BY f_fold(o.name) HAVING count(*) = 1
) named
WHERE p.buyer_id IS NULL AND f_fold(p.name) = named.name
"""
_TENDERS = """
UPDATE buyers_tender t SET buyer_id = p.buyer_id FROM buyers_buyerparty p
WHERE t.party_id = p.party_id AND t.buyer_id IS NULL AND p.buyer_id IS NOT NULL
"""
_REGIONS_OF_BUYERS = """
UPDATE buyers_tender t SET region_id = o.region_id, mrc_id = o.mrc_id, region_source = 'buyer'
FROM buyers_buyer b JOIN accounts_organisation o ON o.id = b.organisation_id
WHERE t.buyer_id = b.id AND t.region_id IS NULL AND o.region_id IS NOT NULL
"""
_REGIONS_OF_PARTIES = """
UPDATE buyers_tender t SET region_id = p.region_id, mrc_id = p.mrc_id, region_source = 'party'
FROM buyers_buyerparty p
WHERE t.party_id = p.party_id AND t.region_id IS NULL AND p.region_id IS NOT NULL
"""
_AWARDS = """
UPDATE buyers_award a SET organisation_id = o.id FROM accounts_organisation o
WHERE a.organisation_id IS NULL AND a.neq <> '' AND o.neq = a.neq
"""


@verb
def link_known(*, by: User | None) -> None:
    """Tie parties to profiles, notices to buyers and regions, awards to organisations, where that is now known."""
    with connection.cursor() as cursor:
        for statement in (_PARTIES, _TENDERS, _REGIONS_OF_BUYERS, _REGIONS_OF_PARTIES, _AWARDS):
            cursor.execute(statement)
