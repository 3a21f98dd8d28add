from django.apps import AppConfig


class DealingsConfig(AppConfig):
    name = "marketplace.dealings"
    label = "dealings"

    def ready(self) -> None:
        from anymail.signals import inbound

        from marketplace.dealings.consortiums import personal_data as consortiums_data  # noqa: F401  # registers itself
        from marketplace.dealings.consortiums.waiting import register_consortium_waiting
        from marketplace.dealings.declines import email_decline_link
        from marketplace.dealings.inquiries import personal_data as inquiries_data  # noqa: F401  # registers itself
        from marketplace.dealings.inquiries.slots import ask_link
        from marketplace.dealings.inquiries.waiting import register_inquiry_waiting
        from marketplace.dealings.inquiries.webhook import receive_from_service
        from marketplace.dealings.interests import event_handlers, restored  # noqa: F401  # they register themselves
        from marketplace.dealings.interests import personal_data as interests_data  # noqa: F401  # registers itself
        from marketplace.dealings.interests.panels import notice_actions
        from marketplace.dealings.interests.waiting import register_interest_waiting
        from marketplace.dealings.own_lists import personal_data as own_lists_data  # noqa: F401  # registers itself
        from marketplace.dealings.own_lists.waiting import register_own_list_waiting
        from marketplace.dealings.shortlists import personal_data as shortlists_data  # noqa: F401  # registers itself
        from marketplace.dealings.shortlists.slots import fill_shortlist_slots
        from marketplace.web.slots import fill_slot

        fill_slot("alert.tender", template="mail/dealings/_decline.html", context=email_decline_link)
        for slot in ("tender.actions", "need.aside"):
            fill_slot(slot, template="dealings/interests/_actions.html", context=notice_actions)
        fill_slot("supplier.contact", template="dealings/inquiries/_ask_link.html", context=ask_link)
        register_inquiry_waiting()
        inbound.connect(receive_from_service, dispatch_uid="dealings.inquiries")
        register_own_list_waiting()
        register_consortium_waiting()
        register_interest_waiting()
        fill_shortlist_slots()
