from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "marketplace.pages"
    label = "pages"

    def ready(self) -> None:
        from marketplace.web import panels

        from . import organisations

        panels.register(template="pages/_buying.html", context=organisations.buying, order=60)
        panels.register(template="pages/_sheets.html", context=organisations.sheets, order=10, area="aside")
        panels.register(template="pages/_account.html", context=organisations.account, order=90, area="aside")
