from django.apps import AppConfig


class SuppliersConfig(AppConfig):
    name = "suppliers"

    def ready(self) -> None:
        from marketplace.web.slots import fill_slot
        from suppliers import carriers, claims, personal_data, undoing, waiting  # noqa: F401 - importing registers
        from suppliers.duplicates.sides import duplicate_panel
        from suppliers.registration import personal_data as registrations  # noqa: F401 - importing registers

        for slot, template, context in (
            ("supplier.admin", "admin/suppliers/supplier/_duplicates.html", duplicate_panel),
            ("join_request.known", "suppliers/_claim_known.html", claims.claim_known_context),
            ("join_request.profile", "suppliers/_claim_profile.html", claims.claim_profile_context),
            ("join_request.next", "suppliers/_claim_next.html", claims.claim_next_context),
        ):
            fill_slot(slot, template=template, context=context)
