from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "marketplace.pages"
    label = "pages"

    def ready(self) -> None:
        from marketplace.pages import organisations
        from marketplace.web.slots import fill_slot

        fill_slot(
            "my_space.main",
            template="pages/_no_organisation.html",
            context=organisations.without_organisation,
            order=5,
        )
        fill_slot(
            "my_space.main",
            template="buyers/needs/_own_panel.html",
            context=organisations.own_needs,
            order=15,
        )
        fill_slot("my_space.main", template="pages/_buying.html", context=organisations.buying, order=60)
        fill_slot(
            "my_space.aside",
            template="pages/_own_suppliers.html",
            context=organisations.own_suppliers,
            order=10,
        )
        fill_slot("my_space.aside", template="pages/_account.html", context=organisations.account, order=90)
