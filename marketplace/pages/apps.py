from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "marketplace.pages"
    label = "pages"

    def ready(self) -> None:
        from marketplace.web import panels

        from . import waiting

        panels.register(template="pages/_queue.html", context=waiting.queue, order=10)
        panels.register(template="pages/_buying.html", context=waiting.buying, order=60)
        panels.register(template="pages/_sheets.html", context=waiting.sheets, order=10, area="aside")
        panels.register(template="pages/_account.html", context=waiting.account, order=90, area="aside")
