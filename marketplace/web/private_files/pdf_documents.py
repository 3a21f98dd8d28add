"""A PDF as it is kept: pages and words, nothing that runs, calls out or carries another file.

Every object is read, those inside object streams and behind escaped names too, and the file is written anew from what
its pages need: earlier revisions and orphans stay behind. Only a signed file that does nothing keeps its bytes, since
another byte would break the signature. Imported with the first PDF: the library is large, and most pages read none.
"""

from __future__ import annotations

import re
import tempfile
import warnings
from typing import IO, Any

import pikepdf
import structlog
from django.utils.translation import gettext as _

from marketplace.web.errors import Refused
from marketplace.web.private_files.kinds import PDF, Kind

warnings.filterwarnings(
    "ignore", category=pikepdf.PageCopyWarning
)  # of forms that another reader may not show

#: Keys that start something by themselves, hold a program or bring another file along.
_KEYS = frozenset(
    {
        "/AA", "/AF", "/Collection", "/EF", "/EmbeddedFiles", "/JS", "/JavaScript", "/OnInstantiate", "/OPI",
        "/RichMediaContent", "/RichMediaSettings", "/XFA",
    }
)  # fmt: skip
#: Actions that leave the document, run something or change it; a link that one presses may lead to the web.
_ACTIONS = frozenset(
    {
        "/GoTo3DView", "/GoToDp", "/GoToE", "/GoToR", "/ImportData", "/JavaScript", "/Launch", "/Movie", "/Rendition",
        "/ResetForm", "/RichMediaExecute", "/Sound", "/SubmitForm", "/Thread",
    }
)  # fmt: skip
_ANNOTATIONS = frozenset(
    {"/3D", "/FileAttachment", "/Movie", "/Projection", "/RichMedia", "/Screen", "/Sound"}
)
#: The same as bytes, letters escaped or not: a program that mends a file reads objects that no table of it names.
_HIDDEN = re.compile(
    rb"/(JavaScript|Launch|SubmitForm|ImportData|GoTo[ER]|EmbeddedFile|RichMedia|XFA|JS\s*[(<\d])"
    rb"|/[A-Za-z]{0,12}#[4-7][0-9A-Fa-f]"
)
_ELSEWHERE = frozenset(
    {"/F", "/FFilter", "/FDecodeParms", "/Ref"}
)  # a stream whose content is in another file
_WEB = re.compile(rb"\s*(https?://|mailto:)", re.IGNORECASE)

_AFTER_END = 1_024  # bytes that some programs leave after a PDF's end
MOST_OBJECTS = 150_000
MOST_IN_STREAMS = 24 * 1024 * 1024  # bytes of objects, unpacked
#: What qpdf may unpack or build for one thing: a small file that would fill the memory breaks off.
_LIMITS = {
    "flate_max_memory": 8 * 1024 * 1024,
    "run_length_max_memory": 8 * 1024 * 1024,
    "png_max_memory": 8 * 1024 * 1024,
    "tiff_max_memory": 8 * 1024 * 1024,
    "max_stream_filters": 4,
    "parser_max_nesting": 100,
    "parser_max_container_size": 200_000,
}


def clean_pdf(content: IO[bytes]) -> tuple[Kind, IO[bytes]]:
    """The document without what could act. Raises `Refused` where it is broken, locked, or would not come clean."""
    _check_ends(content)
    pikepdf.settings.set_qpdf_limits(**_LIMITS)
    content.seek(0)
    try:
        with pikepdf.open(content, suppress_warnings=True) as pdf:
            _refuse_too_complex(pdf)
            found = _clean_objects(pdf)
            is_whole = bool(len(pdf.pages)) and not pdf.is_encrypted and not pdf.get_warnings()
            if not len(pdf.pages):
                raise _broken()
            if not found and is_whole and _is_signed(pdf) and not _holds_more(content):
                content.seek(0)
                return PDF, content
            clean: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=2_500_000)  # noqa: SIM115 - handed on
            pdf.save(clean, deterministic_id=not pdf.is_encrypted, encryption=False)
        clean.seek(0)
        with pikepdf.open(clean, suppress_warnings=True) as again:
            if _clean_objects(again):
                raise Refused(
                    _("Ce PDF contient des actions ou des scripts que nous n’avons pas pu retirer. Ouvrez-le, imprimez-le en PDF, puis déposez ce nouveau fichier.")
                )  # fmt: skip
    except pikepdf.PasswordError as fault:
        raise Refused(
            _("Ce PDF est protégé par un mot de passe. Ouvrez-le, imprimez-le en PDF, puis déposez ce nouveau fichier.")
        ) from fault  # fmt: skip
    # A hostile file makes the library raise nearly anything.
    except (pikepdf.PikepdfError, RuntimeError, ValueError, TypeError, KeyError, IndexError, AttributeError, MemoryError, OverflowError, RecursionError) as fault:  # fmt: skip
        raise _broken() from fault
    if found:
        structlog.get_logger("private_files").info("pdf_cleaned", removed=sorted(found))
    clean.seek(0)
    return PDF, clean


def _broken() -> Refused:
    return Refused(
        _("Ce PDF est incomplet ou abîmé. Ouvrez-le, imprimez-le en PDF, puis déposez ce nouveau fichier.")
    )


def _check_ends(content: IO[bytes]) -> None:
    """It begins with its first byte and ends with its end: nothing for another program hangs on."""
    content.seek(0)
    head = content.read(1024)
    size = content.seek(0, 2)
    content.seek(max(0, size - 4_096))
    tail = content.read().rstrip(b"\x00\r\n\t ")
    end = tail.rfind(b"%%EOF")
    if (
        not re.match(rb"%PDF-[12]\.\d", head)
        or end < 0
        or len(tail) - end > _AFTER_END
        or b"startxref" not in tail
    ):
        raise _broken()


def _refuse_too_complex(pdf: pikepdf.Pdf) -> None:
    entries = pdf.get_xref_table()
    streams = {entry.obj_stream_number for entry in entries.values() if entry.type == 2}
    too_much = len(entries) > MOST_OBJECTS
    size = 0
    for number in streams if not too_much else ():
        size += len(pdf.get_object(number, 0).read_bytes())
        if too_much := size > MOST_IN_STREAMS:
            break
    if too_much:
        raise Refused(
            _("Ce PDF est trop complexe pour être vérifié. Ouvrez-le, imprimez-le en PDF, puis déposez ce nouveau fichier.")
        )  # fmt: skip


def _clean_objects(pdf: pikepdf.Pdf) -> set[str]:
    """Take what could act out of every object; by name, what was there."""
    found: set[str] = set()
    for whole in (pdf.trailer, *pdf.objects):
        parts = [whole]
        while parts:
            part = parts.pop()
            if _is_keyed(part):
                found |= _clean_keys(part)
                children = [part[key] for key in part.keys()]  # noqa: SIM118 - a stream is no mapping
            elif isinstance(part, pikepdf.Array):
                children = list(part)
            else:
                continue
            parts += [child for child in children if _is_within(child)]
    return found


def _clean_keys(part: Any) -> set[str]:
    """What acts in one dictionary goes; what is an action or a carrier as a whole is emptied, wherever it hangs."""
    found = set()
    if (action := _name(part, "/S")) in _ACTIONS or (action == "/URI" and not _leads_to_web(part)):
        _empty(part, keep=())
        return {action}
    if (sort := _name(part, "/Subtype")) in _ANNOTATIONS and "/Rect" in part:
        _empty(part, keep=("/Rect", "/P"))
        part["/Type"], part["/Subtype"] = pikepdf.Name.Annot, pikepdf.Name.Link
        return {sort}
    keys = set(part.keys())
    banned = _KEYS | _ELSEWHERE if isinstance(part, pikepdf.Stream) else _KEYS
    for key in keys & banned:
        del part[key]
        found.add(key)
    if "/OpenAction" in keys and not _only_turns_page(part["/OpenAction"]):
        del part["/OpenAction"]
        found.add("/OpenAction")
    return found


def _only_turns_page(opening: Any) -> bool:
    """A destination, or an action that goes to one and does nothing after."""
    if not _is_keyed(opening):
        return True
    return _name(opening, "/S") == "/GoTo" and "/Next" not in opening


def _leads_to_web(action: Any) -> bool:
    try:
        return bool(_WEB.match(bytes(action["/URI"])))
    except (KeyError, TypeError, ValueError):
        return False


def _is_signed(pdf: pikepdf.Pdf) -> bool:
    return any(_is_keyed(one) and "/ByteRange" in one and "/Contents" in one for one in pdf.objects)


def _holds_more(content: IO[bytes]) -> bool:
    content.seek(0)
    return _HIDDEN.search(content.read()) is not None


def _empty(part: Any, *, keep: tuple[str, ...]) -> None:
    for key in set(part.keys()) - set(keep) - {"/Length"}:
        del part[key]


def _name(part: Any, key: str) -> str:
    """The name that stands there; empty where there is none, or something else."""
    value = part.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _is_keyed(part: Any) -> bool:
    return isinstance(part, (pikepdf.Dictionary, pikepdf.Stream))


def _is_within(child: Any) -> bool:
    """A dictionary or a list that stands here by itself: what is referred to has its own turn."""
    return isinstance(child, (pikepdf.Dictionary, pikepdf.Array)) and not child.is_indirect
