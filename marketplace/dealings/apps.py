from django.apps import AppConfig


class DealingsConfig(AppConfig):
    name = "marketplace.dealings"
    label = "dealings"
