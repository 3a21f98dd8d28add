"""A server on this machine that plays Données Québec, SEAO's files and CanadaBuys: ETag and 304, Range, 503, transfers
that are cut, redirections. Every public name leads to it, through the real checks of addresses."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from marketplace.web import fetching

PUBLIC = "93.184.215.14"
CKAN = "/recherche/api/3/action/package_show"


@dataclass
class PlayedFile:
    """`cut_once`: the next answer breaks off after so many bytes. `busy`: so many answers are 503 first."""

    content: bytes
    cut_once: int | None = None
    busy: int = 0
    redirect: str = ""
    takes_ranges: bool = True

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:16]}"'


@dataclass
class Asked:
    path: str
    status: int
    range: str = ""


@dataclass
class PlayedSources:
    """`files` by path; `asked` is what was asked, in order; `names` gives a host other addresses than a public one."""

    server: ThreadingHTTPServer
    files: dict[str, PlayedFile] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)
    retry_after: int = 120  # seconds that a busy answer asks for

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def publish(self, path: str, content: bytes, **how: Any) -> PlayedFile:
        self.files[path] = PlayedFile(content, **how)
        return self.files[path]

    def publish_seao(
        self, name: str, content: bytes, *, changed: str = "2026-11-23T04:00:00", **how: Any
    ) -> PlayedFile:
        """A file of SEAO, and CKAN's list with it."""
        path = f"/seao/{name}"
        file = self.publish(path, content, **how)
        known = json.loads(self.files[CKAN].content)["result"]["resources"] if CKAN in self.files else []
        known = [one for one in known if one["name"] != name]
        known.append(
            {"id": name, "name": name, "url": f"https://www.donneesquebec.ca{path}", "last_modified": changed}
        )
        self.publish(CKAN, json.dumps({"success": True, "result": {"resources": known}}).encode())
        return file

    def count(self, path: str, status: int) -> int:
        return sum(one.path == path and one.status == status for one in self.asked)


def play_sources() -> PlayedSources:
    """Start the server; `stop_playing` ends it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            file = played.files.get(path)
            wanted = self.headers.get("Range", "")
            status = self.answer(file, wanted)
            played.asked.append(Asked(path, status, wanted))

        def answer(self, file: PlayedFile | None, wanted: str) -> int:
            if file is None:
                return self.empty(404)
            if file.redirect:
                return self.empty(302, Location=file.redirect)
            if file.busy:
                file.busy -= 1
                return self.empty(503, Retry_After=str(played.retry_after))
            if self.headers.get("If-None-Match") == file.etag:
                return self.empty(304, ETag=file.etag)
            start = 0
            if wanted and file.takes_ranges and self.headers.get("If-Range") == file.etag:
                start = int(wanted.removeprefix("bytes=").rstrip("-"))
            body = file.content[start:]
            self.send_response(206 if start else 200)
            self.send_header("ETag", file.etag)
            self.send_header("Content-Length", str(len(body)))
            if start:
                self.send_header(
                    "Content-Range", f"bytes {start}-{len(file.content) - 1}/{len(file.content)}"
                )
            self.end_headers()
            if file.cut_once is not None:
                body, file.cut_once, self.close_connection = body[: file.cut_once], None, True
            self.wfile.write(body)
            return 206 if start else 200

        def empty(self, status: int, **headers: str) -> int:
            self.send_response(status)
            for name, value in {"Content_Length": "0", **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            return status

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    played = PlayedSources(server)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return played


def stop_playing(played: PlayedSources) -> None:
    played.server.shutdown()
    played.server.server_close()


def lead_every_name_to(port: int, names: dict[str, list[str]], patch: Any) -> None:
    """From here on every host name is `PUBLIC`, or what `names` says, and `PUBLIC` is the played server."""

    def resolve(host: str, port: int, **_options: Any) -> list[Any]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in names.get(host, [PUBLIC])
        ]

    def dial(_address: str, _host: str) -> socket.socket:
        return socket.create_connection(("127.0.0.1", port), timeout=fetching.STEP_SECONDS)

    patch(fetching, "public_address", lambda host: _judged(resolve, host))
    patch(fetching, "dial", dial)
    patch(fetching, "PAUSE", 0.0)


def _judged(resolve: Any, host: str) -> str:
    addresses = [answer[4][0] for answer in resolve(host, 443)]
    if not addresses or not all(fetching.is_public(address) for address in addresses):
        raise fetching.FetchError(f"Le serveur {host} n’est pas sur le réseau public.")
    return addresses[0]


# --- CanadaBuys -------------------------------------------------------------------------------------------------------

TENDER_COLUMNS = (
    "title-titre-eng", "title-titre-fra", "referenceNumber-numeroReference", "amendmentNumber-numeroModification",
    "solicitationNumber-numeroSollicitation", "publicationDate-datePublication",
    "tenderClosingDate-appelOffresDateCloture", "amendmentDate-dateModification", "tenderStatus-appelOffresStatut-eng",
    "unspsc", "unspscDescription-fra", "procurementCategory-categorieApprovisionnement", "noticeType-avisType-fra",
    "procurementMethod-methodeApprovisionnement-eng", "procurementMethod-methodeApprovisionnement-fra",
    "regionsOfDelivery-regionsLivraison-eng", "regionsOfDelivery-regionsLivraison-fra",
    "contractingEntityName-nomEntitContractante-eng", "contractingEntityName-nomEntitContractante-fra",
    "contractingEntityAddressProvince-entiteContractanteAdresseProvince-eng",
    "contactInfoName-informationsContactNom", "contactInfoEmail-informationsContactCourriel",
    "noticeURL-URLavis-eng", "attachment-piecesJointes-eng", "tenderDescription-descriptionAppelOffres-eng",
    "tenderDescription-descriptionAppelOffres-fra",
)  # fmt: skip
AWARD_COLUMNS = (
    "title-titre-eng", "title-titre-fra", "referenceNumber-numeroReference", "amendmentNumber-numeroModification",
    "solicitationNumber-numeroSollicitation", "publicationDate-datePublication", "contractNumber-numeroContrat",
    "contractAwardDate-dateAttributionContrat", "contractStartDate-contratDateDebut", "contractEndDate-dateFinContrat",
    "contractAmount-montantContrat", "totalContractValue-valeurTotaleContrat", "contractCurrency-contratMonnaie",
    "awardStatus-attributionStatut-eng", "supplierLegalName-nomLegalFournisseur-eng",
    "supplierAddressCity-fournisseurAdresseVille-eng", "regionsOfDelivery-regionsLivraison-eng",
    "contractingEntityName-nomEntitContractante-eng",
)  # fmt: skip


def canadabuys_csv(columns: tuple[str, ...], *rows: dict[str, str]) -> bytes:
    """As the publisher writes it: a mark, every cell quoted."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def federal_row(**changes: str) -> dict[str, str]:
    """One open notice, in both languages; a name of `changes` is the beginning of a column's (`title-titre-fra`)."""
    row = {
        "title-titre-eng": "Cleaning services, Shawinigan",
        "title-titre-fra": "Services d’entretien ménager, Shawinigan",
        "referenceNumber-numeroReference": "cb-651-86492266",
        "amendmentNumber-numeroModification": "000",
        "solicitationNumber-numeroSollicitation": "EF928-27/A",
        "publicationDate-datePublication": "2026-11-16",
        "tenderClosingDate-appelOffresDateCloture": "2027-01-14T14:00:00",
        "tenderStatus-appelOffresStatut-eng": "Open",
        "unspsc": "*76111500\n*76111501",
        "unspscDescription-fra": "*Services d’entretien\n*Nettoyage de bureaux",
        "procurementCategory-categorieApprovisionnement": "*SRV",
        "noticeType-avisType-fra": "Demande de proposition",
        "procurementMethod-methodeApprovisionnement-eng": "Competitive - Open Bidding",
        "procurementMethod-methodeApprovisionnement-fra": "Concurrentielle - Ouverte",
        "regionsOfDelivery-regionsLivraison-eng": "*Quebec (except NCR)",
        "regionsOfDelivery-regionsLivraison-fra": "*Québec (sauf RCN)",
        "contractingEntityName-nomEntitContractante-eng": "Canada Revenue Agency",
        "contractingEntityName-nomEntitContractante-fra": "Agence du revenu du Canada",
        "contractingEntityAddressProvince-entiteContractanteAdresseProvince-eng": "Ontario",
        "contactInfoName-informationsContactNom": "Jeanne Discrète",
        "contactInfoEmail-informationsContactCourriel": "jeanne.discrete@exemple.test",
        "attachment-piecesJointes-eng": "https://canadabuys.canada.ca/docs/devis.pdf, https://canadabuys.canada.ca/docs/annexe%20A.pdf",
        "tenderDescription-descriptionAppelOffres-eng": "Three floors.\nEvery night.",
        "tenderDescription-descriptionAppelOffres-fra": "Trois étages.\nChaque nuit.",
    }
    return row | changes


def federal_award(**changes: str) -> dict[str, str]:
    row = {
        "title-titre-eng": "Cleaning services, Shawinigan",
        "referenceNumber-numeroReference": "cb-777-1",
        "amendmentNumber-numeroModification": "000",
        "solicitationNumber-numeroSollicitation": "EF928-27/A",
        "publicationDate-datePublication": "2027-02-01",
        "contractNumber-numeroContrat": "EF928-C1",
        "contractAwardDate-dateAttributionContrat": "2027-01-28",
        "contractStartDate-contratDateDebut": "2027-02-15",
        "contractEndDate-dateFinContrat": "2028-02-14",
        "contractAmount-montantContrat": "84000.00",
        "totalContractValue-valeurTotaleContrat": "0.00",
        "contractCurrency-contratMonnaie": "CAD",
        "awardStatus-attributionStatut-eng": "Active",
        "supplierLegalName-nomLegalFournisseur-eng": "COOP LES BALAIS",
        "supplierAddressCity-fournisseurAdresseVille-eng": "Shawinigan",
        "regionsOfDelivery-regionsLivraison-eng": "*Quebec (except NCR)",
        "contractingEntityName-nomEntitContractante-eng": "Canada Revenue Agency",
    }
    return row | changes
