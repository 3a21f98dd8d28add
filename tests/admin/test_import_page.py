"""« Importer une liste »: a newcomer brings a list in, puts it right, has it written and takes it back; nobody else sees it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from suppliers.import_jobs.running import advance_import
from suppliers.models import ServedArea, Status, Supplier, SupplierImport
from tests import factories
from tests.admin.conftest import signed_in
from tests.suppliers.real_lists import real_list

pytestmark = pytest.mark.django_db
INDEX = reverse("suppliers_admin:import")


def page(client, answer):
    """The page that a person ends on, its worker having worked meanwhile; waiting pages ask again by themselves."""
    while answer.status_code == 302:
        answer = client.get(answer.url)
    while "Refresh" in answer.headers:
        assert SupplierImport.objects.count()
        for job in SupplierImport.objects.to_advance():
            advance_import(job.pk)
        answer = client.get(answer.request["PATH_INFO"])
    return answer


def deposited(client, content, name="liste.csv", **said):
    content = content.encode() if isinstance(content, str) else content
    return page(client, client.post(INDEX, {"file": SimpleUploadedFile(name, content), **said}))


def proposed(answer):
    """The answers that the page of columns already holds."""
    form = answer.context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def columns_said(client, answer, **said):
    return page(client, client.post(answer.request["PATH_INFO"], proposed(answer) | revision(answer) | said))


def revision(answer):
    return {"revision": answer.context["job"].revision}


def test_a_newcomer_brings_a_list_in_puts_it_right_and_takes_it_back(pole_staff):
    client = signed_in(pole_staff)
    assert "Aucune importation pour l’instant" in client.get(INDEX).content.decode()

    answer = deposited(client, real_list(rows=12), "répertoire.xlsx")  # screen 1: the file
    assert "Nom de l’organisme" in answer.content.decode()
    answer = columns_said(client, answer)  # screen 2: the columns
    text = answer.content.decode()  # screen 3: the preview
    job = answer.context["job"]
    here = reverse("suppliers_admin:import_job", args=[job.pk])
    assert {question.words for question in answer.context["questions"]} <= {"Org. comm.", "À voir"}
    assert "Rien n’est encore écrit" in text
    assert not Supplier.objects.exists()
    said = {"words": "1"}
    for question in answer.context["questions"]:
        said |= {f"{question.name}-column": question.column, f"{question.name}-words": question.words}
        said[question.name] = "obnl" if question.words == "Org. comm." else "-"
    answer = page(client, client.post(here, said))
    assert not answer.context["questions"]

    answer = page(client, client.post(here, {"run": "1"} | revision(answer)))
    assert "12 fiches créées." in answer.content.decode()  # the last screen: what was done
    assert Supplier.objects.filter(status=Status.PROSPECT).count() == 12

    undo = reverse("suppliers_admin:import_undo", args=[job.pk])
    assert "12 fiches créées" in client.get(undo).content.decode()
    answer = page(client, client.post(undo))
    assert "Importation annulée" in answer.content.decode()
    assert not Supplier.objects.exists()
    assert "Annulée" in client.get(INDEX).content.decode()
    assert client.post(undo).status_code == 302


def test_wrong_cells_are_put_right_where_they_stand_or_sent_back_in_the_file(pole_staff):
    client = signed_in(pole_staff)
    answer = deposited(
        client,
        "neq;nom;forme;site\n" + "12;Coop;bidule;=1+1\n" + "1199940001;Autre;OBNL;\n;<b>Gras</b>;OBNL;\n",
    )
    answer = columns_said(client, answer)
    text = answer.content.decode()
    here = answer.request["PATH_INFO"]
    assert "il en faut dix" in text
    assert "forme d’économie sociale connue" in text
    assert "<b>Gras" not in text
    sent_back = client.get(reverse("suppliers_admin:import_annotated", args=[answer.context["job"].pk]))
    lines = sent_back.content.decode("utf-8-sig").splitlines()
    assert lines[0].endswith(";À corriger (Maillage)")
    assert "il en faut dix" in lines[1]
    assert ";'=1+1;" in lines[1]

    row = answer.context["job"].rows.get(number=2)
    said = {
        f"c-{row.pk}-neq": "1199940002",
        f"c-{row.pk}-form": "coop",
        f"c-{row.pk}-site": "",
        "etat": "a-corriger",
    }
    answer = page(client, client.post(here, {"fix": "1", **said} | revision(answer)))
    assert "1 ligne corrigée." in answer.content.decode() or "encore à corriger" in answer.content.decode()
    # The annotated file, put right in a spreadsheet, is understood as it comes.
    again = "\n".join(lines).replace("12;Coop;bidule", "1199940002;Coop;coop")
    answer = columns_said(client, deposited(client, again, "a-corriger.csv"))
    assert answer.context["job"].counts["rejected"] == 0


def test_what_the_file_does_not_say_is_asked(platform_admin, pole_staff):
    client = signed_in(platform_admin)
    answer = deposited(client, "neq;nom;forme;Territoire\n1199940001;Coop;OBNL;Mauricie\n", pole="mauricie")
    assert proposed(answer)["c3"] == "non-lue"
    answer = columns_said(client, answer, c3="name")
    assert "Déjà choisi" in answer.content.decode()
    answer = columns_said(client, answer, c3="areas")
    page(client, client.post(answer.request["PATH_INFO"], {"run": "1"} | revision(answer)))
    assert ServedArea.objects.get().token == "R04"

    answer = deposited(client, "NEQ,NomEntreprise,FormeJuridique,Adresse_Lign3\n1199940002,CLUB,APE,\n")
    assert "registre" in answer.content.decode()
    answer = columns_said(client, answer)
    assert "Dites d’où vient ce fichier." in answer.content.decode()
    answer = columns_said(client, answer, mapping="req")
    page(client, client.post(answer.request["PATH_INFO"], {"run": "1"} | revision(answer)))
    assert Supplier.objects.get(organisation__neq="1199940002").status == Status.PROSPECT

    # Titles that nobody knows, under a title block: the person says what they are, once.
    client = signed_in(pole_staff)
    content = "Liste\n\nQui;Où;Quoi\nAtelier Z;Shawinigan;Meubles\n"
    answer = columns_said(client, deposited(client, content), c0="name", c1="town", c2="activity")
    assert answer.context["job"].counts["created"] == 1
    client.post(answer.request["PATH_INFO"], {"drop": "1"})
    answer = deposited(client, content.replace("Atelier Z", "Atelier Y"))
    assert [proposed(answer)[name] for name in ("c0", "c1", "c2")] == ["name", "town", "activity"]


def test_files_that_are_no_list_are_refused_in_a_sentence(pole_staff):
    client = signed_in(pole_staff)
    for content, said in (("", "vide"), ("%PDF-1.7 ", "PDF"), ("nom;ville\n", "aucune ligne")):
        answer = client.post(INDEX, {"file": SimpleUploadedFile("liste.csv", content.encode())})
        assert said in answer.content.decode()
    assert "Choisissez un fichier." in client.post(INDEX).content.decode()
    assert not SupplierImport.objects.exists()


def test_another_poles_import_does_not_exist(pole_staff, platform_admin):
    client = signed_in(pole_staff)
    deposited(client, "nom;ville\nCoop secrète;Shawinigan\n", "secret.csv")
    job = SupplierImport.objects.get()
    names = ("import_job", "import_columns", "import_annotated", "import_undo")
    foreign = factories.PolePostFactory(pole=factories.pole("laval")).user
    client = signed_in(foreign)
    assert "secret.csv" not in client.get(INDEX).content.decode()
    for name in names:
        address = reverse(f"suppliers_admin:{name}", args=[job.pk])
        assert client.get(address).status_code == 404
        assert client.post(address, {"run": "1", "revision": "1"}).status_code in (404, 405)
    client.post(INDEX, {"file": SimpleUploadedFile("l.csv", b"nom\nCoop\n"), "pole": "mauricie"})
    assert SupplierImport.objects.exclude(pk=job.pk).get().pole_id == "laval"
    assert "secret.csv" in signed_in(platform_admin).get(INDEX).content.decode()


def test_an_old_page_takes_no_colleagues_correction_away(pole_staff):
    client = signed_in(pole_staff)
    answer = columns_said(client, deposited(client, "nom;forme;ville\nCoop A;zzz;Shawinigan\n"))
    job = answer.context["job"]
    here = reverse("suppliers_admin:import_job", args=[job.pk])
    columns = reverse("suppliers_admin:import_columns", args=[job.pk])
    old = client.get(columns)
    assert f'name="revision" value="{job.revision}"' in old.content.decode()
    row = job.rows.get()
    client.post(here, {"fix": "1", **revision(answer), f"c-{row.pk}-form": "obnl"})  # a colleague
    for address, said in ((columns, proposed(old)), (here, {"drop": "1"})):
        refused = page(client, client.post(address, said | revision(old)))
        assert "Quelqu’un a changé cette importation" in refused.content.decode()
    assert job.rows.get(pk=row.pk).cells["form"] == "obnl"
    page(client, client.post(here, {"drop": "1", **revision(refused)}))
    assert not SupplierImport.objects.exists()
