"""Drawn pictures for a few dozen seeded suppliers: geometric scenes by trade, and a logo from the name. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from uuid import UUID

from PIL import Image, ImageDraw

from marketplace.web.private_files.pictures import DrawnPicture, keep_as_webp
from suppliers.directory_index import reindex_suppliers
from suppliers.models import Supplier, SupplierPicture
from suppliers.supplier_pictures import BOXES, keep_picture

from .enterprises import MEMBER_TRADE
from .seed_data import TRADES
from .trades import suppliers_of_trade

#: One supplier in so many gets pictures, and no more than this: drawing one takes a tenth of a second.
ONE_IN, MOST = 8, 40
SIZE = (1200, 800)
SKY, GROUND = "#E6EAF6", "#EFECE2"
PALETTE = (
    "#2B3A82",
    "#1D5E49",
    "#E3A72F",
    "#2C7388",
    "#B9DACB",
    "#A01C36",
    "#BFDCE4",
    "#807A6A",
    "#F8F6F0",
    "#B5770C",
)
Pen = ImageDraw.ImageDraw
Scene = Callable[[Pen, Random], str]


def seed_pictures(*, count: int) -> int:
    """A logo and one or two photos for the first supplier of each trade, in turn; how many suppliers have some."""
    ids: list[int] = []
    wanted = min(MOST, count // ONE_IN)
    for trade in sorted(TRADES, key=lambda trade: trade is not MEMBER_TRADE):
        if len(ids) >= wanted:
            break
        supplier = suppliers_of_trade(trade.key).select_related("organisation").first()
        if supplier is None:
            continue
        rng = Random(f"{supplier.slug}:pictures")
        for _ in range(1 + rng.randrange(3)):
            image, alt = draw_scene(trade.key, rng)
            keep_picture(
                supplier=supplier,
                by=None,
                kind=SupplierPicture.Kind.PHOTO,
                alt=alt,
                drawn=_sizes(image, "photo"),
            )
        name = supplier.organisation.name
        _keep(supplier, SupplierPicture.Kind.LOGO, f"Logo de {name}"[:160], draw_logo(rng), rng)
        ids.append(supplier.pk)
    reindex_suppliers(supplier_ids=ids)
    return len(ids)


def _keep(supplier: Supplier, kind: str, alt: str, image: Image.Image, rng: Random) -> None:
    key = UUID(int=rng.getrandbits(128), version=4)  # the same seed, the same addresses
    keep_picture(supplier=supplier, by=None, kind=kind, alt=alt, drawn=_sizes(image, kind), key=key)


def _sizes(image: Image.Image, kind: str) -> list[DrawnPicture]:
    drawn = []
    for box in BOXES[SupplierPicture.Kind(kind)]:
        fitted = image.copy()
        fitted.thumbnail(box, Image.Resampling.BICUBIC)
        drawn.append(keep_as_webp(fitted))
    return drawn


def draw_scene(trade: str, rng: Random) -> tuple[Image.Image, str]:
    """A picture of a trade, and what it shows."""
    image = Image.new("RGB", SIZE, SKY)
    pen = ImageDraw.Draw(image)
    scene = SCENES.get(trade) or _OTHERS[sum(map(ord, trade)) % len(_OTHERS)]
    return image, f"Dessin\u00a0: {scene(pen, rng)}"


def draw_logo(rng: Random) -> Image.Image:
    """Two shapes that meet, in two colours."""
    image = Image.new("RGB", (480, 480), "#FFFFFF")
    pen = ImageDraw.Draw(image)
    first, second = rng.sample(PALETTE[:6], 2)
    shape = rng.randrange(4)
    if shape == 0:
        pen.pieslice((40, 40, 440, 440), 180, 360, fill=first)
        pen.pieslice((40, 100, 440, 500), 0, 180, fill=second)
    elif shape == 1:
        pen.polygon([(240, 40), (440, 420), (40, 420)], fill=first)
        pen.ellipse((160, 220, 320, 380), fill=second)
    elif shape == 2:
        for n in range(3):
            pen.arc((40 + 60 * n, 60, 280 + 60 * n, 420), 180, 360, fill=first if n % 2 else second, width=44)
        pen.rectangle((40, 330, 440, 380), fill=first)
    else:
        pen.rounded_rectangle((60, 60, 420, 420), 80, fill=first)
        pen.line([(130, 250), (215, 335), (350, 150)], fill="#FFFFFF", width=52, joint="curve")
    return image


def _ground(pen: Pen, colour: str = GROUND, top: int = 560) -> None:
    pen.rectangle((0, top, *SIZE), fill=colour)


def _hills(pen: Pen, rng: Random) -> None:
    for n, colour in enumerate(("#BFDCE4", "#B9DACB", "#3C8A6E")):
        x = rng.randrange(-200, 200)
        pen.ellipse((x - 100 + 380 * n, 330 + 50 * n, x + 900 + 300 * n, 1100), fill=colour)


def _table(pen: Pen, rng: Random) -> str:
    pen.rectangle((0, 0, *SIZE), fill="#FCF1D6")
    pen.rectangle((0, 470, *SIZE), fill="#C9A26B")
    for n in range(5):
        x, y = 60 + n * 225, 430 + rng.randrange(120)
        pen.ellipse((x, y, x + 200, y + 120), fill="#FFFFFF", outline="#DCD7C8", width=6)
        pen.ellipse((x + 36, y + 22, x + 164, y + 98), fill=rng.choice(PALETTE[1:7]))
        pen.ellipse((x + 80, y + 36, x + 128, y + 66), fill=rng.choice(PALETTE))
    return "une table dressée, des plats de couleurs variées"


def _boxes(pen: Pen, rng: Random) -> str:
    _ground(pen, "#DCD7C8", 620)
    for row in range(4):
        for n in range(5 - row):
            x, y = 130 + row * 95 + n * 190, 500 - row * 130
            pen.rectangle((x, y, x + 180, y + 122), fill=rng.choice(("#C9A26B", "#B5770C", "#D9BC8C")))
            pen.rectangle((x + 72, y, x + 108, y + 122), fill="#EFECE2")
    return "des boîtes empilées, prêtes à partir"


def _fields(pen: Pen, rng: Random) -> str:
    _hills(pen, rng)
    pen.ellipse((900, 70, 1040, 210), fill="#E3A72F")
    for n in range(14):
        x = n * 110 - 160
        pen.polygon(
            [(560 + n * 8, 560), (575 + n * 8, 560), (x + 60, 800), (x, 800)],
            fill=rng.choice(("#1D5E49", "#3C8A6E")),
        )
    return "des rangs de culture devant des collines, sous le soleil"


def _park(pen: Pen, rng: Random) -> str:
    _hills(pen, rng)
    for n in range(4):
        x, h = 90 + n * 290 + rng.randrange(60), 150 + rng.randrange(90)
        pen.rectangle((x + 62, 430, x + 86, 640), fill="#6B4700")
        pen.ellipse((x, 430 - h, x + 150, 480), fill=rng.choice(("#1D5E49", "#3C8A6E", "#123D30")))
    _ground(pen, "#B9DACB", 630)
    for y in (560, 600):
        pen.rounded_rectangle((380, y, 820, y + 26), 8, fill="#B5770C")
    pen.rectangle((420, 620, 444, 720), fill="#414A59")
    pen.rectangle((756, 620, 780, 720), fill="#414A59")
    return "un banc de bois dans un parc"


def _building(pen: Pen, rng: Random) -> str:
    _ground(pen)
    for n in range(4):
        x, top = 60 + n * 280, 140 + rng.randrange(220)
        pen.rectangle((x, top, x + 240, 620), fill=rng.choice(PALETTE[:4]))
        for row in range((560 - top) // 90):
            for column in range(3):
                left, up = x + 24 + column * 70, top + 24 + row * 90
                pen.rectangle(
                    (left, up, left + 50, up + 58), fill=rng.choice(("#FCF1D6", "#F2F4FB", "#E3A72F"))
                )
    return "des immeubles aux fenêtres éclairées"


def _snow(pen: Pen, rng: Random) -> str:
    pen.rectangle((0, 0, *SIZE), fill="#93A1D3")
    pen.polygon([(0, 560), (360, 460), (1200, 600), (1200, 800), (0, 800)], fill="#FFFFFF")
    pen.rounded_rectangle((420, 380, 800, 580), 24, fill="#E3A72F")
    pen.rounded_rectangle((620, 290, 790, 420), 20, fill="#BFDCE4", outline="#414A59", width=10)
    pen.polygon([(300, 420), (400, 440), (400, 640), (250, 660)], fill="#A01C36")
    for x in (480, 690):
        pen.ellipse((x, 520, x + 120, 640), fill="#1C2230")
        pen.ellipse((x + 36, 556, x + 84, 604), fill="#807A6A")
    for _ in range(160):
        x, y = rng.randrange(SIZE[0]), rng.randrange(560)
        pen.ellipse((x, y, x + 9, y + 9), fill="#FFFFFF")
    return "une déneigeuse dans une cour, sous la neige"


def _shelves(pen: Pen, rng: Random) -> str:
    pen.rectangle((0, 0, *SIZE), fill="#F8F6F0")
    for row in range(4):
        y = 180 + row * 190
        pen.rectangle((60, y, 1140, y + 16), fill="#6B4700")
        x = 80
        while x < 1090:
            wide, high = rng.randrange(28, 90), rng.randrange(70, 150)
            pen.rectangle((x, y - high, min(x + wide, 1120), y), fill=rng.choice(PALETTE))
            x += wide + rng.randrange(6, 22)
    return "des rayons remplis d’objets classés"


def _screens(pen: Pen, rng: Random) -> str:
    pen.rectangle((0, 0, *SIZE), fill="#E0EFE7")
    pen.rectangle((0, 610, *SIZE), fill="#C9A26B")
    for n in range(3):
        x = 90 + n * 360
        pen.rounded_rectangle((x, 260, x + 310, 500), 18, fill="#1C2230")
        pen.rectangle((x + 16, 276, x + 294, 484), fill="#F2F4FB")
        for line in range(6):
            pen.rectangle(
                (x + 36, 300 + line * 30, x + 36 + rng.randrange(80, 230), 314 + line * 30),
                fill=rng.choice(PALETTE[:6]),
            )
        pen.rectangle((x + 135, 500, x + 175, 610), fill="#414A59")
    return "trois écrans sur une table de travail"


def _workshop(pen: Pen, rng: Random) -> str:
    pen.rectangle((0, 0, *SIZE), fill="#EFECE2")
    for n in range(9):
        x = 110 + n * 115
        pen.rectangle((x, 90, x + 14, 110), fill="#807A6A")
        pen.rounded_rectangle(
            (x - 10, 110, x + 24, 210 + rng.randrange(120)), 10, fill=rng.choice(PALETTE[:6])
        )
    pen.rectangle((80, 480, 1120, 540), fill="#B5770C")
    for x in (140, 1020):
        pen.rectangle((x, 540, x + 44, 760), fill="#6B4700")
    for n in range(6):
        x = 200 + n * 130
        pen.polygon(
            [(x, 480), (x + 90, 480), (x + 90 - rng.randrange(40), 400), (x + rng.randrange(30), 400)],
            fill=rng.choice(PALETTE),
        )
    return "un établi d’atelier et ses outils"


def _truck(pen: Pen, rng: Random) -> str:
    _hills(pen, rng)
    _ground(pen, "#807A6A", 640)
    colour = rng.choice(PALETTE[:4])
    pen.rectangle((220, 300, 760, 600), fill="#FFFFFF", outline=colour, width=14)
    pen.rectangle((260, 420, 720, 470), fill=colour)
    pen.polygon([(770, 400), (900, 400), (980, 500), (980, 600), (770, 600)], fill=colour)
    pen.polygon([(800, 420), (890, 420), (940, 495), (800, 495)], fill="#BFDCE4")
    for x in (300, 560, 830):
        pen.ellipse((x, 550, x + 120, 670), fill="#1C2230")
        pen.ellipse((x + 38, 588, x + 82, 632), fill="#DCD7C8")
    return "un camion de livraison sur la route"


def _stage(pen: Pen, rng: Random) -> str:
    pen.rectangle((0, 0, *SIZE), fill="#18204A")
    for n in range(4):
        x = 160 + n * 290
        pen.polygon(
            [(x, 0), (x - 170 + rng.randrange(80), 640), (x + 170, 640)],
            fill=rng.choice(("#5567B3", "#2C7388", "#93A1D3")),
        )
    pen.rectangle((0, 600, *SIZE), fill="#6B4700")
    for _ in range(40):
        x, y = rng.randrange(SIZE[0]), 690 + rng.randrange(100)
        pen.ellipse((x, y, x + 74, y + 74), fill="#1C2230")
    return "une scène éclairée devant un public"


def _fabric(pen: Pen, rng: Random) -> str:
    pen.rectangle((0, 0, *SIZE), fill="#FFFFFF")
    for n in range(12):
        pen.rectangle((n * 100, 0, n * 100 + 100, 560), fill=rng.choice(PALETTE))
        for dot in range(6):
            y = 40 + dot * 90 + (45 if n % 2 else 0)
            pen.ellipse((n * 100 + 34, y, n * 100 + 66, y + 32), fill="#F8F6F0")
    pen.rectangle((0, 560, *SIZE), fill="#C9A26B")
    pen.rounded_rectangle((360, 470, 840, 640), 30, fill="#414A59")
    pen.rounded_rectangle((420, 360, 520, 500), 20, fill="#414A59")
    return "une machine à coudre devant des tissus"


SCENES: dict[str, Scene] = {
    **dict.fromkeys(("traiteur", "boites_lunch", "popote", "boulangerie", "cafe", "vaisselle"), _table),
    **dict.fromkeys(("emballage", "palettes", "livraison", "demenagement", "imprimerie"), _boxes),
    **dict.fromkeys(("ferme", "maraichage", "pepiniere", "compost", "microbrasserie"), _fields),
    **dict.fromkeys(("mobilier_urbain", "espaces_verts", "loisirs", "camp", "tourisme", "foresterie"), _park),
    **dict.fromkeys(("menage", "conciergerie", "logement", "salles", "securite", "hebergement", "construction"), _building),
    **dict.fromkeys(("friperie", "tri", "epicerie", "musee", "recuperation", "numerisation"), _shelves),
    **dict.fromkeys(("informatique", "logiciel_libre", "graphisme", "centre_appels", "medias", "radio", "traduction"), _screens),
    **dict.fromkeys(("meubles", "scierie", "electroniques", "velos"), _workshop),
    **dict.fromkeys(("transport", "autopartage", "scolaire", "ambulance"), _truck),
    **dict.fromkeys(("evenements", "theatre", "festival"), _stage),
    **dict.fromkeys(("couture", "serigraphie", "buanderie"), _fabric),
    "deneigement": _snow,
}  # fmt: skip
SCENES |= dict.fromkeys(("formation", "francisation", "consultation"), _screens)
SCENES |= dict.fromkeys(("garde", "sante", "aide_domicile", "funeraire", "mutuelle"), _building)
_OTHERS: tuple[Scene, ...] = (_building, _screens, _shelves, _park)
