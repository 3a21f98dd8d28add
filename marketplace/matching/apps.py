from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "marketplace.matching"
    label = "matching"

    def ready(self) -> None:
        from buyers.needs.audience import register_audience
        from marketplace.matching import carriers, event_handlers, restored  # noqa: F401  # they register themselves
        from marketplace.matching.alerts import personal_data  # noqa: F401  # registers itself
        from marketplace.matching.alerts.panels import alert_panel
        from marketplace.matching.buyer_suggestions import personal_data as new_supplier_data  # noqa: F401  # registers itself
        from marketplace.matching.feedback import personal_data as feedback_data  # noqa: F401  # registers itself
        from marketplace.matching.mail_preferences.kinds import register_own_kinds
        from marketplace.matching.needs import fitting_condition
        from marketplace.matching.panels import suggestion_panel, tender_reasons
        from marketplace.matching.public_awards import public_awards, supplier_pages
        from marketplace.matching.saved_searches import personal_data as search_data  # noqa: F401  # registers itself
        from marketplace.matching.saved_searches.waiting import register_search_waiting
        from marketplace.web.slots import fill_facts, fill_slot

        fill_slot(
            "my_space.main", template="matching/_suggestion_panel.html", context=suggestion_panel, order=20
        )
        fill_slot("my_space.aside", template="matching/alerts/_panel.html", context=alert_panel, order=20)
        fill_slot("tender.reasons", template="matching/_reasons.html", context=tender_reasons)
        register_search_waiting()
        register_own_kinds()
        register_audience("fitting", fitting_condition)
        fill_facts("supplier.awards", public_awards)
        fill_facts("organisation.pages", supplier_pages)
