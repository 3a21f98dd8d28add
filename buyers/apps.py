from django.apps import AppConfig


class BuyersConfig(AppConfig):
    name = "buyers"

    def ready(self) -> None:
        from buyers import carriers, personal_data, registration  # noqa: F401 - importing registers
        from buyers.feeds.waiting import register_source_waiting
        from buyers.needs.waiting import register_need_waiting
        from marketplace.web.slots import fill_slot

        for slot, template, context in (
            ("join_request.known", "buyers/_enrolment_known.html", registration.enrolment_known_context),
            (
                "join_request.profile",
                "buyers/_enrolment_profile.html",
                registration.enrolment_profile_context,
            ),
            ("join_request.next", "buyers/_enrolment_next.html", registration.enrolment_next_context),
        ):
            fill_slot(slot, template=template, context=context)
        register_need_waiting()
        register_source_waiting()
