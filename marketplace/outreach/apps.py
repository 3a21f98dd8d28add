from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "marketplace.outreach"
    label = "outreach"

    def ready(self) -> None:
        from marketplace.matching.mail_preferences.registry import register_mail_kind
        from marketplace.outbox.decisions import register_decision
        from marketplace.outreach import carriers  # noqa: F401  # registers itself
        from marketplace.outreach.campaigns import personal_data as campaigns_data  # noqa: F401  # registers itself
        from marketplace.outreach.campaigns.refusing import AGREED, why_consents_fell
        from marketplace.outreach.contact_log import personal_data as contact_log_data  # noqa: F401  # registers itself
        from marketplace.outreach.contact_log.panels import buyer_contacts, supplier_contacts
        from marketplace.outreach.contact_log.waiting import register_contact_waiting
        from marketplace.outreach.pipeline import personal_data as pipeline_data  # noqa: F401  # registers itself
        from marketplace.outreach.promotion import personal_data as promotion_data  # noqa: F401  # registers itself
        from marketplace.outreach.promotion.slots import posters
        from marketplace.outreach.service_levels.reminders import REMINDERS
        from marketplace.outreach.service_levels.waiting import register_late_waiting
        from marketplace.outreach.writing import personal_data as letter_data  # noqa: F401  # registers itself
        from marketplace.outreach.writing.panels import write_form
        from marketplace.outreach.writing.refusing import LETTERS, why_letters_fell
        from marketplace.web.slots import fill_slot

        register_contact_waiting()
        fill_slot("supplier.admin", template="admin/outreach/_contacts.html", context=supplier_contacts)
        fill_slot("buyer.admin", template="admin/outreach/_contacts.html", context=buyer_contacts)
        register_late_waiting()
        register_mail_kind(REMINDERS)
        register_mail_kind(LETTERS)
        register_decision("letter_target", why_letters_fell)
        register_decision(AGREED, why_consents_fell)
        fill_slot("supplier.admin", template="admin/outreach/_write.html", context=write_form, order=60)
        fill_slot("supplier.contact", template="outreach/_posters.html", context=posters, order=90)
