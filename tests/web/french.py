"""Québec typography, as faults that a test can find in a sentence (see the look, section 5)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

FAULTS = {
    "an apostrophe is straight": re.compile(r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]"),
    "a colon follows a breaking space": re.compile(r" :"),
    "a colon has no space": re.compile(r"[a-zà-ÿ»]:(?!//)(?:\s|$)"),
    "a question mark or a semicolon follows a space": re.compile(r"[ \u00a0\u202f][?;]"),
    "it exclaims": re.compile(r"!"),
    "guillemets hold a breaking space": re.compile(r"« | »"),
    "three dots stand for an ellipsis": re.compile(r"\.\.\."),
    "it says e-mail": re.compile(r"\be-?mail\b", re.IGNORECASE),
}
TAGGED = re.compile(
    r"{%\s*(?:translate|trans)\s+\"([^\"]*)\"|{%\s*blocktrans(?:late)?\b[^%]*%}(.*?){%\s*endblocktrans",
    re.DOTALL,
)
GETTEXT = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}


def faults(sentence: str) -> list[str]:
    """What a reader of Québec French would correct in a sentence."""
    return [why for why, fault in FAULTS.items() if fault.search(sentence)]


def of_template(source: str) -> Iterator[str]:
    """The translatable sentences of a template, tags and variables replaced by a letter."""
    source = re.sub(r"{%\s*comment.*?endcomment\s*%}", "", source, flags=re.DOTALL)
    for one, several in TAGGED.findall(source):
        yield re.sub(r"<[^>]*>|{[{%].*?[%}]}", "x", one or several)


def of_module(path: Path) -> Iterator[str]:
    """The translatable sentences of a Python file; named places become a letter. A context is not a sentence."""
    for node in ast.walk(ast.parse(path.read_text())):
        if (
            not isinstance(node, ast.Call)
            or not isinstance(node.func, ast.Name)
            or node.func.id not in GETTEXT
        ):
            continue
        arguments = node.args[1:] if "pgettext" in node.func.id else node.args
        for argument in arguments:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield re.sub(r"%\(\w+\)[sd]|%[sd]|{\w*}", "x", argument.value)
