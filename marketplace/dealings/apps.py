from django.apps import AppConfig


class DealingsConfig(AppConfig):
    name = "marketplace.dealings"
    label = "dealings"

    def ready(self) -> None:
        from marketplace.dealings.declines import email_decline_link, page_decline_link
        from marketplace.web.slots import fill_slot

        fill_slot("alert.tender", template="mail/dealings/_decline.html", context=email_decline_link)
        fill_slot("tender.after_reasons", template="dealings/_decline_link.html", context=page_decline_link)
