"""The kinds of files that are read, by the name that `--mapping` gives them."""

from .listing import LISTING
from .registry import REGISTRY
from .sheets import FileMapping

MAPPINGS: dict[str, FileMapping] = {mapping.code: mapping for mapping in (LISTING, REGISTRY)}
