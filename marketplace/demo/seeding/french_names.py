"""Small words: « de » and its articles, as names need them."""

VOWELS = "AEIOUYÀÂÉÈÊËÎÏÔÖÛÜH"


def with_de(name: str) -> str:
    """« du Pivot », « de la Ruche », « de l’Escale », « des Pins », « d’Alma », « de Shawinigan ».

    >>> [with_de(n) for n in ("Le Pivot", "La Ruche", "L’Escale", "Les Pins", "Alma", "Boréal")]
    ['du Pivot', 'de la Ruche', 'de l’Escale', 'des Pins', 'd’Alma', 'de Boréal']
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
    return f"d’{name}" if name[0].upper() in VOWELS else f"de {name}"


def branded_name(pattern: str, brand: str) -> str:
    """A name from its pattern: a brand with an article is joined by « de », another stands as it is.

    >>> branded_name("Atelier {brand}", "Boréal"), branded_name("Les Jardins {brand}", "Les Pins")
    ('Atelier Boréal', 'Les Jardins des Pins')
    """
    has_article = brand.startswith(("Les ", "Le ", "La ", "L’"))
    return pattern.format(brand=with_de(brand) if has_article else brand)
