"""How a notice's OCID stands in an address: `<ocid:ocid>`. Slashes, blanks and accents are allowed in it."""

import re

from django.urls import register_converter

DOTS = re.compile(r"(^|/)(~*\.{1,2})(?=/|$)")
TILDES = re.compile(r"(^|/)~(~*\.{1,2})(?=/|$)")


class OcidConverter:
    """Any text. Browsers resolve « . » and « .. » between slashes by themselves: these get a « ~ » before them."""

    regex = r".+"

    def to_python(self, value: str) -> str:
        return TILDES.sub(r"\1\2", value)

    def to_url(self, value: str) -> str:
        return DOTS.sub(r"\1~\2", value)


register_converter(OcidConverter, "ocid")
