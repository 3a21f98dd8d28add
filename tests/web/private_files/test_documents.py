"""Documents that act: a PDF comes out without what runs or calls, an office file that fetches or carries is refused."""

import io
import re

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from marketplace.web.errors import Refused
from marketplace.web.private_files import check_upload, pdf_documents
from tests.web.private_files import samples
from tests.web.private_files.samples import upload

PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def script():
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def web():
    return Dictionary(S=Name.URI, URI=String("https://exemple.test/"))


#: Names as they stand in a file once its object streams are written out plainly.
ACTS = re.compile(
    rb"/(JS|JavaScript|AA|OpenAction|Launch|SubmitForm|ImportData|GoToR|GoToE|EmbeddedFiles?|EF|AF|RichMedia\w*|XFA"
    rb"|FileAttachment|Screen|Rendition|Collection)\b|cmd\.exe|app\.alert|charge"
)


def kept(content: bytes) -> bytes:
    return check_upload(upload(content, "piece.pdf")).content.read()


def plain(content: bytes) -> bytes:
    """The file with every object readable."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, stream_decode_level=pikepdf.StreamDecodeLevel.generalized, compress_streams=False)  # fmt: skip
    return out.getvalue()


def made(change, **options) -> bytes:
    """A PDF of one page that says « Statuts » in its title, with `change(pdf, root, page)` done to it."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    pdf.docinfo["/Title"] = "Statuts"
    change(pdf, pdf.Root, page.obj)
    out = io.BytesIO()
    pdf.save(out, **{"object_stream_mode": pikepdf.ObjectStreamMode.generate, **options})
    return out.getvalue()


def annotation(sort, **keys):
    def change(pdf, root, page):
        said = {name: value() if callable(value) else value for name, value in keys.items()}
        rect = Array([0, 0, 9, 9])
        page.Annots = Array([pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=sort, Rect=rect, **said))])

    return change


def attach(pdf, root, page):
    pdf.attachments["charge.exe"] = b"charge"
    spec = Dictionary(Type=Name.Filespec, F=String("charge"), EF=Dictionary(F=pdf.make_stream(b"charge")))
    root.AF = Array([pdf.make_indirect(spec)])


def split_form(pdf, root, page):
    field = Dictionary(FT=Name.Tx, T=String("a"), AA=Dictionary(K=script()))
    root.AcroForm = Dictionary(
        Fields=Array([field]), XFA=Array([String("charge"), pdf.make_stream(b"charge")])
    )


ACTIVE = {
    "opening script": lambda pdf, root, page: root.update({"/OpenAction": script()}),
    "opening address": lambda pdf, root, page: root.update({"/OpenAction": web()}),
    "script after a page": lambda pdf, root, page: root.update(
        {"/OpenAction": Dictionary(S=Name.GoTo, D=Array([page, Name.Fit]), Next=Array([script()]))}
    ),
    "page opens": lambda pdf, root, page: page.update({"/AA": Dictionary(O=web())}),
    "named script": lambda pdf, root, page: root.update(
        {"/Names": Dictionary(JavaScript=Dictionary(Names=Array([String("a"), pdf.make_indirect(script())])))}
    ),
    "program": annotation(Name.Link, A=lambda: Dictionary(S=Name.Launch, F=String("cmd.exe"))),
    "form sent": annotation(Name.Widget, A=lambda: Dictionary(S=Name.SubmitForm, F=String("https://x.test"))),
    "script link": annotation(Name.Link, A=lambda: Dictionary(S=Name.URI, URI=String("javascript:app.alert(1)"))),
    "chained": annotation(Name.Link, A=lambda: Dictionary(S=Name.GoTo, Next=Dictionary(S=Name.GoTo, Next=script()))),
    "attached": annotation(Name.FileAttachment, FS=lambda: Dictionary(F=String("charge"))),
    "film": annotation(Name.RichMedia, RichMediaContent=lambda: Dictionary(Assets=Dictionary())),
    "thread elsewhere": annotation(Name.Link, A=lambda: Dictionary(S=Name.Thread, F=String("charge"))),
    "projection": annotation(Name.Projection, ExData=lambda: Dictionary(M3DREF=Dictionary(OnInstantiate=String("charge")))),
    "bookmark": lambda pdf, root, page: root.update(
        {"/Outlines": Dictionary(First=pdf.make_indirect(Dictionary(Title=String("a"), A=script())))}
    ),
    "files": attach,
    "form": split_form,
}  # fmt: skip


@pytest.mark.parametrize("what", ACTIVE)
def test_pdf_comes_out_without_what_acts_and_with_its_pages(what):
    content = made(ACTIVE[what])
    assert ACTS.search(plain(content))  # there was something to take
    clean = kept(content)
    assert ACTS.search(plain(clean)) is None
    with pikepdf.open(io.BytesIO(clean)) as pdf:
        assert (len(pdf.pages), str(pdf.docinfo["/Title"])) == (1, "Statuts")


def test_pdf_hides_nothing_behind_escapes_or_in_an_earlier_revision():
    script = b"5 0 obj\n<< /S /J#61vaScript /#4a#53 (app.alert\\(1\\)) >>\nendobj\n"
    opening = samples.PDF.replace(b"/Type /Catalog >>", b"/Open#41ction 5 0 R >>").replace(b"xref\n0 5", script + b"xref\n0 5")  # fmt: skip
    assert ACTS.search(plain(kept(opening))) is None  # a broken table too: what was repaired is written anew
    later = made(lambda pdf, root, page: None) + script + b"trailer << >>\nstartxref\n9\n%%EOF\n"
    assert b"#4a#53" not in kept(later)


def test_pdf_keeps_links_and_where_it_opens():
    def change(pdf, root, page):
        root.OpenAction = Array([page, Name.Fit])
        annotation(Name.Link, A=web)(pdf, root, page)

    clean = plain(kept(made(change)))
    assert b"https://exemple.test/" in clean
    assert b"/OpenAction" in clean


def test_signed_pdf_that_does_nothing_keeps_its_bytes_and_one_that_acts_does_not():
    def sign(pdf, root, page):
        value = Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=String("x"))
        root.AcroForm = Dictionary(Fields=Array([Dictionary(FT=Name.Sig, V=pdf.make_indirect(value))]))

    def sign_and_act(pdf, root, page):
        sign(pdf, root, page)
        root.OpenAction = script()

    signed, acting = made(sign), made(sign_and_act)
    assert kept(signed) == signed
    hidden = made(sign, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    place = hidden.rindex(b"xref\n", 0, hidden.rindex(b"startxref"))
    orphan = b"99 0 obj\n<< /S /J#61vaScript /JS (app.alert\\(1\\)) >>\nendobj\n"
    moved = hidden[place:].replace(b"startxref\n%d" % place, b"startxref\n%d" % (place + len(orphan)))
    assert orphan not in kept(hidden[:place] + orphan + moved)
    assert ACTS.search(plain(kept(acting))) is None


def test_pdf_with_a_password_is_refused_and_one_only_locked_against_changes_is_kept_open():
    for algorithm in (4, 6):
        locked = made(
            ACTIVE["opening script"], encryption=pikepdf.Encryption(user="secret", owner="a", R=algorithm)
        )
        with pytest.raises(Refused, match=r"mot de passe.*imprimez-le en PDF"):
            kept(locked)
        official = made(
            ACTIVE["opening script"], encryption=pikepdf.Encryption(user="", owner="a", R=algorithm)
        )
        clean = kept(official)
        assert b"/Encrypt" not in clean
        assert ACTS.search(plain(clean)) is None


def test_pdf_that_would_fill_the_memory_is_refused(monkeypatch):
    monkeypatch.setattr(pdf_documents, "MOST_IN_STREAMS", 500)
    with pytest.raises(Refused, match="trop complexe"):
        kept(made(lambda pdf, root, page: root.update({"/A": pdf.make_indirect(Array(["/x"] * 900))})))
    monkeypatch.undo()
    bomb = made(lambda pdf, root, page: root.update({"/A": pdf.make_indirect(String("x" * 9_000_000))}))
    assert len(bomb) < 30_000
    with pytest.raises(Refused, match="imprimez-le en PDF"):
        kept(bomb)


# -- office files ------------------------------------------------------------------------------------------------------


def relation(kind: str, target: str, mode: str = ' TargetMode="External"', *, coded: str = "utf-8") -> bytes:
    said = f'<?xml version="1.0" encoding="{coded}"?><Relationships xmlns="{PACKAGE}"><Relationship Id="a" Type="{TYPE}/{kind}" Target="{target}"{mode}/></Relationships>'
    return said.encode(coded)


def field(*pieces: str) -> str:
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return f'<w:d xmlns:w="w"><w:fldChar w:fldCharType="begin"/>{runs}<w:fldChar w:fldCharType="end"/></w:d>'


RELS = "word/_rels/settings.xml.rels"
LINKS = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
OPEN = "application/vnd.oasis.opendocument.text"


def open_content(body: str) -> bytes:
    return samples.archive(("mimetype", OPEN), ("content.xml", f"<office {LINKS}>{body}</office>"))


@pytest.mark.parametrize(
    "content",
    [
        samples.office((RELS, relation("attachedTemplate", "https://x.test/a.dotm"))),
        samples.office((RELS, relation("attachedTemplate", "https://x.test/a.dotm", coded="utf-16"))),
        samples.office((RELS, relation("image", "https://x.test/a.png"))),
        samples.office((RELS, relation("hyperlink", "file://serveur/a"))),
        samples.office((RELS, relation("oleObject", "embeddings/a.bin", ""))),
        samples.office((RELS, relation("image", r"\\serveur\a.png", ""))),
        samples.office(("word/embeddings/oleObject1.bin", "x")),
        samples.office(("word/embeddings/a.xlsx", samples.office(("word/embeddings/b.xlsx", "x")))),
        samples.office(("word/header1.xml", field(' D', 'DE', 'AUTO c:\\\\cmd.exe "/k calc" '))),
        samples.office(("word/header1.xml", '<w:d xmlns:w="w"><w:fldSimple w:instr=" INCLUDETEXT http://x.test "/></w:d>')),
        samples.office(("xl/externalLinks/externalLink1.xml", "<x/>")),
        samples.office(("xl/connections.xml", "<x/>")),
        samples.office(("xl/worksheets/sheet1.xml", "<s><f>cmd|'/c calc'!A0</f></s>")),
        samples.office(("xl/worksheets/sheet1.xml", "<s><f>_xlfn.IMAGE(A1)</f></s>")),
        samples.office(("xl/worksheets/sheet1.xml", r"<s><f>'\\serveur\[a.xlsx]b'!A1</f></s>")),
        samples.office((RELS, relation("hyperlink", "a.exe"))),
        open_content('<draw-image xlink:href="https://x.test/a.png"/>'),
        open_content('<object-ole xlink:href="./Object 1"/>'),
        open_content('<x dde-source=""/><dde-source/>'),
        open_content('<a xlink:href="vnd.sun.star.script:x"/>'),
    ],
)  # fmt: skip
def test_office_file_that_fetches_or_carries_is_refused_and_told_what_to_do(content):
    with pytest.raises(Refused, match="Imprimez-le en PDF"):
        check_upload(upload(content, "note.docx"))


@pytest.mark.parametrize(
    "content",
    [
        samples.office(types=samples.WORD.replace("</Types>", '<Default ContentType="application/vnd.ms-office.vbaProject"/></Types>')),
        samples.office(types=samples.WORD.replace("document.main", "document.macroEnabled.main").replace("1.0", '1.0" encoding="utf-16')).replace(b"", b""),
        samples.office(("ppt/slides/slide1.xml", '<s><hlinkHover action="ppaction://program"/></s>')),
        open_content("<event-listener/>"),
    ],
)  # fmt: skip
def test_office_file_with_a_program_under_another_name_is_refused(content):
    with pytest.raises(Refused):
        check_upload(upload(content, "note.docx"))


def test_office_file_with_links_pictures_and_a_chart_is_kept():
    chart = samples.office(("xl/worksheets/sheet1.xml", '<s><f>IF(A1="a|b","oui!",SUM(B1:B9))</f></s>'))
    content = samples.office(
        ("word/_rels/document.xml.rels", relation("hyperlink", "https://exemple.test/")),
        ("word/_rels/header1.xml.rels", relation("image", "media/a.png", "")),
        ("word/header1.xml", field(' HYPERLINK "https://exemple.test/ddeauto" ')),
        ("word/embeddings/Microsoft_Excel_Sheet.xlsx", chart),
    )
    assert check_upload(upload(content, "note.docx")).content.read() == content
    content = open_content('<a xlink:href="https://exemple.test"/><image xlink:href="Pictures/a.png"/>')
    assert check_upload(upload(content, "note.odt")).content.read() == content
