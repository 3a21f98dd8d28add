from django.apps import AppConfig


class SecurityConfig(AppConfig):
    name = "marketplace.accounts.security"
    label = "security"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added, authenticator_removed
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from marketplace.accounts.security import (  # noqa: F401  # one registers itself
            personal_data,
            restored,
            second_factor,
            sessions,
        )
        from marketplace.accounts.security.library_signals import connect_security_log

        # What libraries tell, not what rows do: model signals stay unused here.
        authenticator_added.connect(second_factor.handle_second_factor_added)
        authenticator_removed.connect(second_factor.handle_second_factor_removed)
        user_logged_in.connect(sessions.note_sign_in)
        user_logged_out.connect(sessions.end_signed_out_session)
        connect_security_log()
