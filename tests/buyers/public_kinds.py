"""Releases as public bodies around the world shape them, cut short and with invented content: (kind, release, what is right)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

Kind = tuple[str, dict[str, Any], dict[str, Any]]


def organisation(party_id: str, name: str, role: str, **more: Any) -> dict[str, Any]:
    return {"id": party_id, "name": name, "roles": [role], **more}


KINDS: list[Kind] = [
    (
        "UK Contracts Finder",
        {
            "ocid": "ocds-b5fd17-3f6c6b0e-0000-4000-8000-aaaaaaaaaaaa",
            "id": "3f6c6b0e-0000-4000-8000-aaaaaaaaaaaa-683482",
            "date": "2027-02-01T09:30:00+00:00",
            "language": "en",
            "tag": ["tender"],
            "initiationType": "tender",
            "tender": {
                "id": "tender_1/2027",
                "title": "Provision of Cleaning",
                "description": "Cleaning of four libraries.",
                "status": "active",
                "classification": {"scheme": "CPV", "id": "90910000", "description": "Cleaning services"},
                "additionalClassifications": [{"scheme": "CPV", "id": "90919200"}],
                "items": [
                    {"id": "1", "deliveryAddresses": [{"region": "North West"}, {"postalCode": "M2 5DB"}]}
                ],
                "value": {"amount": 1000000, "currency": "GBP"},
                "minValue": {"amount": 500000, "currency": "GBP"},
                "procurementMethod": "open",
                "tenderPeriod": {"endDate": "2027-03-08T12:00:00Z"},
                "contractPeriod": {
                    "startDate": "2027-04-01T00:00:00+01:00",
                    "endDate": "2028-03-31T23:59:59+01:00",
                },
                "suitability": {"sme": True, "vcse": True},
                "mainProcurementCategory": "services",
                "documents": [
                    {"id": "1", "documentType": "tenderNotice", "url": "https://example.org/notice/3f6c"}
                ],
            },
            "parties": [
                organisation(
                    "GB-CFS-120000",
                    "Manchester Council",
                    "buyer",
                    identifier={"legalName": "Manchester Council"},
                    address={"locality": "Manchester", "postalCode": "M2 5DB", "countryName": "England"},
                    contactPoint={"name": "Someone", "email": "someone@example.org"},
                )
            ],
            "buyer": {"id": "GB-CFS-120000", "name": "Manchester Council"},
        },
        {
            "title": "Provision of Cleaning",
            "currency": "GBP",
            "amount": 1000000,
            "closes": "2027-03-08T12:00:00+00:00",
        },
    ),
    (
        "UK Find a Tender, lots, an award to a company",
        {
            "ocid": "ocds-h6vhtk-02a001",
            "id": "000123-2027",
            "date": "2027-01-04T10:11:12Z",
            "language": "en",
            "tag": ["award", "contract"],
            "parties": [
                organisation(
                    "GB-FTS-1234", "NHS Example Trust", "buyer", address={"countryName": "United Kingdom"}
                ),
                organisation(
                    "GB-COH-1199000001",
                    "Clean Ltd",
                    "supplier",
                    identifier={"scheme": "GB-COH", "id": "1199000001"},
                ),
            ],
            "buyer": {"id": "GB-FTS-1234", "name": "NHS Example Trust"},
            "tender": {
                "id": "ABC-1",
                "title": "Laundry",
                "status": "complete",
                "lots": [{"id": "1", "title": "North", "status": "complete"}],
            },
            "awards": [
                {
                    "id": "1",
                    "status": "active",
                    "relatedLots": ["1"],
                    "value": {"amount": "1250.5", "currency": "GBP"},
                    "suppliers": [{"id": "GB-COH-1199000001", "name": "Clean Ltd"}],
                }
            ],
            "contracts": [
                {"id": "1", "awardID": "1", "status": "active", "dateSigned": "2027-01-02T00:00:00Z"}
            ],
            "bids": {
                "statistics": [{"id": "1", "measure": "bids", "value": 3, "relatedLot": "1"}],
                "details": [
                    {
                        "id": "1",
                        "tenderers": [{"id": "GB-COH-1199000001", "name": "Clean Ltd"}],
                        "value": {"amount": 1250.5, "currency": "GBP"},
                        "relatedLots": ["1"],
                    },
                ],
            },
        },
        {"title": "Laundry", "status": "complete", "awards": [("Clean Ltd", "", Decimal("1250.50"), "GBP")]},
    ),
    (
        "Canada, federal: free ids, both languages",
        {
            "ocid": "PW-27-00627094",
            "id": "Buyandsell.gc.ca-2027-02-07-00000000-0000-4000-8000-000000000000",
            "date": "2027-02-07T00:00:00Z",
            "tag": ["tender"],
            "initiationType": "tender",
            "language": "en",
            "buyer": {
                "name": "Public Works (EN)",
                "name_fr": "Travaux publics (FR)",
                "identifier": {"legalName": "Public Works"},
                "address": {
                    "locality": "Gatineau",
                    "region": "QC",
                    "postalCode": "K1A 0S5",
                    "countryName": "Canada",
                },
            },
            "tender": {
                "id": "EX123-270001/A",
                "title": "Office cleaning",
                "title_fr": "Nettoyage de bureaux",
                "description_en": "Five floors",
                "status": "active",
                "procurementMethod": "selective",
                "tenderPeriod": {"startDate": "2027-02-07", "endDate": "2027-03-20T14:00:00"},
            },
        },
        {
            "title": "Nettoyage de bureaux",
            "buyer": "Travaux publics (FR)",
            "closes": "2027-03-20T18:00:00+00:00",
            "abroad": False,
        },
    ),
    (
        "Paraguay",
        {
            "ocid": "ocds-03ad3f-394282-1",
            "id": "394282-adquisicion-1",
            "date": "2027-03-05T12:06:23-04:00",
            "tag": ["planning", "tender"],
            "language": "es",
            "initiationType": "tender",
            "planning": {
                "identifier": "394282",
                "budget": {"amount": {"amount": 309718553, "currency": "PYG"}},
            },
            "parties": [
                organisation(
                    "DNCP-SICP-CODE-1",
                    "Navegación y Puertos",
                    "buyer",
                    identifier={"id": "1", "scheme": "DNCP-SICP-CODE"},
                ),
            ],
            "buyer": {"id": "DNCP-SICP-CODE-1", "name": "Navegación y Puertos"},
            "tender": {
                "id": "394282-adquisicion-1",
                "title": "ADQUISICIÓN DE CUBIERTAS",
                "status": "active",
                "statusDetails": "Convocatoria",
                "mainProcurementCategory": "goods",
                "value": {"amount": 309718553, "currency": "PYG"},
                "tenderPeriod": {
                    "startDate": "2027-03-05T00:00:00-04:00",
                    "endDate": "2027-03-19T09:00:00-04:00",
                },
                "items": [
                    {"id": "x", "classification": {"scheme": "x_catalogoNivel5DNCP", "id": "25172504-002"}}
                ],
                "tenderers": {"id": "86075", "name": "Uno"},
            },
        },
        {"title": "ADQUISICIÓN DE CUBIERTAS", "currency": "PYG", "amount": 309718553, "abroad": True},
    ),
    (
        "Colombia, ids with dots and slashes",
        {
            "ocid": "ocds-k50g02-CO1.REQ/3.BDOS 100",
            "id": "ocds-k50g02-CO1.REQ-2027-01-20T00:00:00Z",
            "date": "2027-01-20T00:00:00.000Z",
            "tag": ["award"],
            "parties": [
                organisation(
                    "CO-RUE-8001", "Alcaldía", "procuringEntity", address={"countryName": "Colombia"}
                )
            ],
            "awards": [
                {
                    "id": "9",
                    "title": "Aseo",
                    "status": "active",
                    "value": {"amount": 5000000.0, "currency": "COP"},
                    "suppliers": [{"id": "CO-RUE-9001", "name": "Aseo SAS"}],
                },
            ],
        },
        {
            "title": "Aseo",
            "status": "complete",
            "awards": [("Aseo SAS", "", Decimal("5000000.00"), "COP")],
            "buyer": "Alcaldía",
        },
    ),
    (
        "Mexico, a contract alone",
        {
            "ocid": "ocds-0ud2q6-LA-00-E1-2027",
            "id": "SFP-1",
            "date": "2027-01-20T06:00:00Z",
            "tag": ["contract"],
            "parties": [organisation("MX-1", "IMSS", "buyer", address={"countryName": "México"})],
            "buyer": {"id": "MX-1", "name": "IMSS"},
            "contracts": [
                {"id": 7, "awardID": 7, "title": "Vigilancia", "value": {"amount": 10, "currency": "MXN"}}
            ],
        },
        {"title": "Vigilancia", "status": "complete", "buyer": "IMSS"},
    ),
    (
        "Ukraine, texts by language",
        {
            "ocid": "ocds-be6bcu-UA-2027-01-15-000123-a",
            "id": "a1b2c3d4e5f60718293a4b5c6d7e8f90",
            "date": "2027-01-15T10:00:00.123456+02:00",
            "tag": ["tender"],
            "language": "uk",
            "parties": [
                organisation(
                    "UA-EDR-1199000002",
                    "Міська рада",
                    "buyer",
                    name_en="City council",
                    identifier={"scheme": "UA-EDR", "id": "1199000002"},
                ),
            ],
            "buyer": {"id": "UA-EDR-1199000002", "name": "Міська рада"},
            "tender": {
                "id": "a1",
                "title": "Послуги з прибирання",
                "title_en": "Cleaning services",
                "status": "active",
                "value": {"amount": 100, "currency": "UAH", "valueAddedTaxIncluded": True},
                "tenderPeriod": {
                    "startDate": "2027-01-15T10:00:00+02:00",
                    "endDate": "2027-01-31T24:00:00+02:00",
                },
                "lots": [{"id": "l1", "title": {"uk": "Лот 1", "en": "Lot 1"}}],
                "documents": [{"id": "1", "title": "x", "url": ""}],
            },
        },
        {
            "title": "Послуги з прибирання",
            "currency": "UAH",
            "closes": "2027-01-31T22:00:00+00:00",
            "abroad": True,
        },
    ),
    (
        "Moldova, the compiled release of a stage",
        {
            "ocid": "ocds-b3wdp1-MD-1579000000000",
            "id": "ocds-b3wdp1-MD-1579000000000-1580458690892",
            "date": "2027-01-31T08:18:10Z",
            "tag": ["compiled"],
            "initiationType": "tender",
            "parties": [
                organisation(
                    "MD-IDNO-1",
                    "Primăria",
                    "buyer",
                    address={
                        "addressDetails": {
                            "country": {"scheme": "iso-alpha2", "id": "MD", "description": "Moldova"}
                        }
                    },
                    identifier={"scheme": "MD-IDNO", "id": "1"},
                )
            ],
            "tender": {
                "id": "t",
                "title": "Servicii",
                "status": "active",
                "value": {"amount": 2000.55, "currency": "MDL"},
                "tenderPeriod": {"startDate": "2027-01-31T08:18:10Z", "endDate": "2027-02-10T08:00Z"},
            },
        },
        {
            "title": "Servicii",
            "currency": "MDL",
            "closes": "2027-02-10T08:00:00+00:00",
            "status": "active",
            "abroad": True,
        },
    ),
    (
        "Nigeria, planning alone",
        {
            "ocid": "ocds-azam7x-NG 2027/STATE-12",
            "id": "1/planning",
            "date": "2027-01-01",
            "tag": ["planning"],
            "buyer": {"id": "NG-1", "name": "Ministry of Works"},
            "planning": {
                "budget": {"project": "Road to X", "amount": {"amount": 5, "currency": "NGN"}},
                "rationale": "",
            },
        },
        {"title": "Road to X", "status": "planned", "buyer": "Ministry of Works", "abroad": True},
    ),
    (
        "Australia, contract notice with UNSPSC",
        {
            "ocid": "prod-0f0f0f0f0f0f4d4d9a9a000000000000",
            "id": "prod-0f0f0f0f0f0f4d4d9a9a000000000000-cn",
            "date": "2027-01-05T00:10:00Z",
            "tag": ["contract"],
            "parties": [
                organisation(
                    "p1", "Department of Health", "procuringEntity", address={"countryName": "AUSTRALIA"}
                ),
                organisation(
                    "p2",
                    "Clean Pty",
                    "supplier",
                    additionalIdentifiers=[{"scheme": "AU-ABN", "id": "11990000011"}],
                ),
            ],
            "tender": {"id": "t", "procurementMethod": "open", "procurementMethodDetails": "Open tender"},
            "awards": [
                {"id": "a", "suppliers": [{"id": "p2", "name": "Clean Pty"}], "date": "2027-01-05T00:10:00Z"}
            ],
            "contracts": [
                {
                    "id": "a",
                    "awardID": "a",
                    "description": "Cleaning",
                    "value": {"amount": "33000.00", "currency": "AUD"},
                    "items": [{"id": "1", "classification": {"scheme": "UNSPSC", "id": "76111500"}}],
                },
            ],
        },
        {"title": "Cleaning", "awards": [("Clean Pty", "", Decimal("33000.00"), "AUD")], "abroad": True},
    ),
    (
        "Chile, one release with everything",
        {
            "ocid": "ocds-70d2nz-1000-1-LE27",
            "id": 1000127,
            "date": "2027-01-02T10:00:00",
            "tag": "award",
            "parties": [
                organisation(1, "Municipalidad", "buyer", address={"region": "Región Metropolitana"})
            ],
            "buyer": {"id": 1, "name": "Municipalidad"},
            "tender": {
                "id": "1000-1-LE27",
                "title": "Aseo de oficinas.",
                "status": "complete",
                "value": {"amount": 9, "currency": "CLF"},
                "numberOfTenderers": "2",
            },
            "awards": [
                {
                    "id": 5,
                    "date": "2027-01-02",
                    "suppliers": [{"id": 2, "name": "Aseo Uno"}],
                    "value": {"amount": 9, "currency": "CLF"},
                }
            ],
        },
        {
            "title": "Aseo de oficinas.",
            "currency": "CLF",
            "awards": [("Aseo Uno", "", Decimal(9), "CLF")],
            "abroad": True,
        },
    ),
    (
        "Honduras, OCDS 1.0: organisations where they act",
        {
            "ocid": "ocds-lcuori-LPN-1",
            "id": "r1",
            "date": "2027-01-10T00:00:00-06:00",
            "tag": ["award"],
            "initiationType": "tender",
            "buyer": {
                "name": "Alcaldía del Norte",
                "identifier": {"scheme": "HN-RTN", "id": "0801"},
                "address": {"countryName": "Honduras"},
            },
            "tender": {
                "id": "t",
                "title": "Limpieza",
                "status": "complete",
                "procuringEntity": {"name": "Alcaldía del Norte"},
            },
            "awards": [
                {
                    "id": "a",
                    "value": {"amount": 12, "currency": "HNL"},
                    "suppliers": [
                        {"name": "Limpieza SA", "identifier": {"scheme": "HN-RTN", "id": "1199000003"}}
                    ],
                },
            ],
        },
        {
            "title": "Limpieza",
            "buyer": "Alcaldía del Norte",
            "awards": [("Limpieza SA", "", Decimal(12), "HNL")],
            "abroad": True,
        },
    ),
    (
        "Kyrgyzstan, planned closing as a week",
        {
            "ocid": "ocds-h7i04z-2027-1",
            "id": "ocds-h7i04z-2027-1-2027-01-10T00:00:00+06",
            "date": "2027-01-10T00:00:00+06",
            "tag": ["tender"],
            "language": "ky",
            "parties": [organisation("KG-INN-1", "Мектеп", "buyer")],
            "buyer": {"id": "KG-INN-1", "name": "Мектеп"},
            "tender": {
                "id": "1",
                "title": "Тазалоо",
                "status": "active",
                "tenderPeriod": {"endDate": "2027-W03"},
                "lots": [{"id": "1", "value": {"amount": 3, "currency": "KGS"}}],
            },
        },
        {"title": "Тазалоо", "closes": "2027-01-25T04:59:00+00:00", "abroad": True},
    ),
    (
        "Zambia, empty and null parts",
        {
            "ocid": "ocds-kxmzkq-14000",
            "id": "14000-2027-01-10T00:00:00Z",
            "date": "2027-01-10T00:00:00Z",
            "tag": ["tender", "award"],
            "buyer": {},
            "parties": [organisation("ZM-1", "School", "procuringEntity", address={"countryName": "Zambia"})],
            "tender": {
                "id": None,
                "title": "Desks",
                "status": "active",
                "value": {"amount": None, "currency": None},
                "tenderPeriod": {"startDate": None, "endDate": "20270201T160000Z"},
                "items": [],
                "procuringEntity": {"id": "ZM-1", "name": "School"},
            },
            "awards": [],
            "contracts": None,
        },
        {"title": "Desks", "buyer": "School", "closes": "2027-02-01T16:00:00+00:00", "abroad": True},
    ),
    (
        "Georgia, dates without colons, amendments of 1.0",
        {
            "ocid": "ocds-4fkvcb-NAT-1",
            "id": "0000012-b",
            "date": "2027-01-10T120000+0400",
            "tag": ["tenderAmendment"],
            "buyer": {"name": "მერია", "identifier": {"scheme": "GE-NAPR", "id": "2"}},
            "tender": {
                "id": "1",
                "title": "დასუფთავება",
                "status": "active",
                "tenderPeriod": {"endDate": "2027-01-20T12:00:00.0000000+04:00"},
                "amendment": {"date": "2027-01-10", "rationale": "dates"},
                "value": {"amount": 10, "currency": "GEL"},
            },
        },
        {"title": "დასუფთავება", "currency": "GEL", "closes": "2027-01-20T08:00:00+00:00", "abroad": True},
    ),
    (
        "A public-private partnership (profile for PPPs)",
        {
            "ocid": "ocds-ppp001-1",
            "id": "1-award",
            "date": "2027-01-10T00:00:00Z",
            "tag": ["award"],
            "parties": [
                organisation("b", "Ministry", "buyer", address={"countryName": "US"}),
                organisation("s", "SPV One", "supplier", beneficialOwners=[{"name": "Someone"}]),
            ],
            "buyer": {"id": "b", "name": "Ministry"},
            "planning": {
                "project": {"id": "1", "title": "Toll road", "totalValue": {"amount": 1, "currency": "USD"}}
            },
            "preQualification": {"id": "1", "title": "Toll road prequalification", "status": "complete"},
            "tender": {"id": "1", "title": "Toll road", "status": "complete"},
            "awards": [
                {
                    "id": "1",
                    "title": "Toll road",
                    "status": "active",
                    "suppliers": [{"id": "s", "name": "SPV One"}],
                    "value": {"amount": 1000000000, "currency": "USD"},
                    "preferredBidders": [{"id": "s"}],
                }
            ],
        },
        {"title": "Toll road", "awards": [("SPV One", "", Decimal(1_000_000_000), "USD")], "abroad": True},
    ),
    (
        "France, a text by language and no currency",
        {
            "ocid": "ocds-fr0001-é 1",
            "id": "1",
            "date": "2027-01-10",
            "tag": ["tender"],
            "language": "fr",
            "buyer": {
                "name": {"fr": "Ville de Saint-Jean", "de": "Sankt Johann"},
                "address": {"locality": "Saint-Jean", "postalCode": "31240"},
            },
            "tender": {
                "id": "1",
                "title": {"en": "Park maintenance", "fr": "Entretien des parcs"},
                "status": "active",
                "value": {"amount": 100},
                "tenderPeriod": {"endDate": "2027-032"},
            },
        },
        {
            "title": "Entretien des parcs",
            "buyer": "Ville de Saint-Jean",
            "closes": "2027-02-02T04:59:00+00:00",
            "abroad": True,
        },
    ),
]
