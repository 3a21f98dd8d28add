"""Small words: « de » and « à » with their articles, as names, towns and regions need them."""

VOWELS = "AEIOUÀÂÉÈÊËÎÏÔÖÛÜ"
#: Names of places and of things in which the H keeps its distance: « de Ham-Nord », but « d’Hébertville ».
ASPIRATED = (
    "Ham", "Hat", "Hav", "Har", "Hemm", "Hinch", "Hop", "How", "Hud", "Hunt", "Hibou", "Héron", "Huard", "Haut", "Huit",
)  # fmt: skip
#: Each region after « de » and after « en », which no rule gives.
OF_REGION = {
    "01": "du Bas-Saint-Laurent", "02": "du Saguenay–Lac-Saint-Jean", "03": "de la Capitale-Nationale",
    "04": "de la Mauricie", "05": "de l’Estrie", "06": "de Montréal", "07": "de l’Outaouais",
    "08": "de l’Abitibi-Témiscamingue", "09": "de la Côte-Nord", "10": "du Nord-du-Québec",
    "11": "de la Gaspésie et des Îles", "12": "de Chaudière-Appalaches", "13": "de Laval",
    "14": "de Lanaudière", "15": "des Laurentides", "16": "de la Montérégie", "17": "du Centre-du-Québec",
}  # fmt: skip
IN_REGION = {
    "01": "dans le Bas-Saint-Laurent", "02": "au Saguenay–Lac-Saint-Jean", "03": "dans la Capitale-Nationale",
    "04": "en Mauricie", "05": "en Estrie", "06": "à Montréal", "07": "en Outaouais",
    "08": "en Abitibi-Témiscamingue", "09": "sur la Côte-Nord", "10": "dans le Nord-du-Québec",
    "11": "en Gaspésie et aux Îles", "12": "dans Chaudière-Appalaches", "13": "à Laval",
    "14": "dans Lanaudière", "15": "dans les Laurentides", "16": "en Montérégie", "17": "au Centre-du-Québec",
}  # fmt: skip


def with_de(name: str) -> str:
    """« du Pivot », « de la Ruche », « de l’Escale », « des Pins », « d’Alma », « de Yamachiche », « de Ham-Nord ».

    >>> [with_de(n) for n in ("Le Pivot", "La Ruche", "L’Escale", "Les Pins", "Alma", "Boréal", "Hérouxville")]
    ['du Pivot', 'de la Ruche', 'de l’Escale', 'des Pins', 'd’Alma', 'de Boréal', 'd’Hérouxville']
    """
    for article, contracted in (
        ("Les ", "des "),
        ("Le ", "du "),
        ("La ", "de la "),
        ("L’", "de l’"),
        ("L'", "de l’"),
    ):
        if name.startswith(article):
            return contracted + name[len(article) :]
    mute_h = name.startswith("H") and not name.startswith(ASPIRATED)
    return f"d’{name}" if mute_h or name[0].upper() in VOWELS else f"de {name}"


def of_town(town: str) -> str:
    """A town keeps the capital of « La » and « L’ »: « de La Tuque », « de L’Islet », but « du Bic », « des Escoumins ».

    >>> [of_town(n) for n in ("La Tuque", "L’Islet", "Les Escoumins", "Amos", "Shawinigan")]
    ['de La Tuque', 'de L’Islet', 'des Escoumins', 'd’Amos', 'de Shawinigan']
    """
    return f"de {town}" if town.startswith(("La ", "L’", "L'")) else with_de(town)


def at_town(town: str) -> str:
    """« à Amos », « à La Tuque », « au Bic », « aux Escoumins ».

    >>> [at_town(n) for n in ("Amos", "La Tuque", "Les Escoumins", "Le Bic")]
    ['à Amos', 'à La Tuque', 'aux Escoumins', 'au Bic']
    """
    for article, contracted in (("Les ", "aux "), ("Le ", "au ")):
        if town.startswith(article):
            return contracted + town[len(article) :]
    return f"à {town}"


def branded_name(pattern: str, brand: str) -> str:
    """A name from its pattern: a brand with an article is joined by « de », another stands as it is.

    >>> branded_name("Atelier {brand}", "Boréal"), branded_name("Les Jardins {brand}", "Les Pins")
    ('Atelier Boréal', 'Les Jardins des Pins')
    """
    has_article = brand.startswith(("Les ", "Le ", "La ", "L’"))
    return pattern.format(brand=with_de(brand) if has_article else brand)
