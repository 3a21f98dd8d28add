"""A folder of official files: which of them are known, and each brought in by itself."""

from __future__ import annotations

from pathlib import Path

from marketplace.web.process_cache import clear_process_caches
from marketplace.web.tabular import TableError

from ..models import Mrc, Region
from .boundaries import NoOutlines, import_boundaries
from .municipalities import import_municipalities
from .report import Fault, TerritoryReport

LISTS = ("municipalites.csv", "mun.csv", "municipalites.xlsx", "mun.xlsx")


def import_folder(*, folder: Path, by: object) -> TerritoryReport:
    """Bring in what the folder has. A file that cannot be read is one fault; the others are read all the same."""
    report = TerritoryReport()
    files = sorted(path for path in folder.iterdir() if path.is_file())
    for path in files:
        name = path.name.lower()
        try:
            if name in LISTS:
                report.add(import_municipalities(path=path, by=by))
            elif name.endswith((".geojson", ".json")) and name.startswith("mrc"):
                report.add(import_boundaries(path=path, of=Mrc, by=by))
            elif name.endswith((".geojson", ".json")) and name.startswith("region"):
                report.add(import_boundaries(path=path, of=Region, by=by))
        except (TableError, NoOutlines) as error:
            report.rejected.append(Fault(path.name, 0, "", str(error)))
    clear_process_caches()
    return report
