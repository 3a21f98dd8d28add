from django.apps import AppConfig


class DealingsConfig(AppConfig):
    name = "marketplace.dealings"
    label = "dealings"

    def ready(self) -> None:
        from anymail.signals import inbound

        from marketplace.dealings import carriers  # noqa: F401  # registers itself
        from marketplace.dealings.consortiums import personal_data as consortiums_data  # noqa: F401  # registers itself
        from marketplace.dealings.consortiums.waiting import register_consortium_waiting
        from marketplace.dealings.contracts.waiting import register_seller_waiting
        from marketplace.dealings.declines import email_decline_link
        from marketplace.dealings.inquiries import personal_data as inquiries_data  # noqa: F401  # registers itself
        from marketplace.dealings.inquiries.slots import ask_link
        from marketplace.dealings.inquiries.waiting import register_inquiry_waiting
        from marketplace.dealings.inquiries.webhook import receive_from_service
        from marketplace.dealings.interests import event_handlers, restored  # noqa: F401  # they register themselves
        from marketplace.dealings.interests import personal_data as interests_data  # noqa: F401  # registers itself
        from marketplace.dealings.interests.closing import closing_soon, followed_tenders
        from marketplace.dealings.interests.mail_kind import FOLLOWS
        from marketplace.dealings.interests.panels import notice_actions
        from marketplace.dealings.interests.waiting import register_interest_waiting
        from marketplace.dealings.outcomes.pages import results_link
        from marketplace.dealings.own_lists import personal_data as own_lists_data  # noqa: F401  # registers itself
        from marketplace.dealings.own_lists.waiting import register_own_list_waiting
        from marketplace.dealings.shortlists import personal_data as shortlists_data  # noqa: F401  # registers itself
        from marketplace.dealings.shortlists.slots import fill_shortlist_slots
        from marketplace.matching.alerts.followed import register_followed
        from marketplace.matching.mail_preferences.registry import register_mail_kind
        from marketplace.web.slots import fill_slot

        fill_slot("alert.tender", template="mail/dealings/_decline.html", context=email_decline_link)
        for slot in ("tender.actions", "need.aside"):
            fill_slot(slot, template="dealings/interests/_actions.html", context=notice_actions)
        fill_slot("supplier.contact", template="dealings/inquiries/_ask_link.html", context=ask_link)
        register_inquiry_waiting()
        inbound.connect(receive_from_service, dispatch_uid="dealings.inquiries")
        register_own_list_waiting()
        register_seller_waiting()
        register_consortium_waiting()
        register_interest_waiting()
        register_mail_kind(FOLLOWS)
        register_followed(followed=followed_tenders, closing_soon=closing_soon)
        fill_shortlist_slots()
        register_need_exchanges()
        fill_slot("listing.aside", template="dealings/outcomes/_listing_aside.html", context=results_link)


def register_need_exchanges() -> None:
    """Slots, rows of « Mon espace », mails' events, personal data, and who sees a need by invitation."""
    from buyers.needs.audience import register_audience
    from marketplace.dealings.need_exchanges import event_handlers, panels, personal_data, restored  # noqa: F401  # they register themselves
    from marketplace.dealings.need_exchanges.audience import invited_condition
    from marketplace.dealings.need_exchanges.waiting import register_need_exchange_waiting
    from marketplace.web.slots import fill_slot

    register_audience("invited", invited_condition)
    register_need_exchange_waiting()
    folder = "dealings/need_exchanges"
    fill_slot("need.buyer", template=f"{folder}/_steps.html", context=panels.need_steps, order=30)
    fill_slot("need.top", template=f"{folder}/_decided.html", context=panels.need_decided)
    fill_slot(
        "need.main", template=f"{folder}/_published_questions.html", context=panels.need_public_questions
    )
    fill_slot("need.actions", template=f"{folder}/_answer.html", context=panels.need_answer, order=20)
    fill_slot(
        "tender.reasons", template=f"{folder}/_who_answers.html", context=panels.tender_who_answers, order=70
    )
