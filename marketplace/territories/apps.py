from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    name = "marketplace.territories"
    label = "territories"
