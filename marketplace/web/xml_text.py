"""Text as XML can hold it: feeds and workbooks are XML, and what people paste has characters that it has no place for."""

import re

_UNKEPT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def xml_text(text: str, *, instead: str = " ") -> str:
    """`instead` of each such character: one vertical tab in a name would take a whole feed from everyone."""
    return _UNKEPT.sub(instead, text)
