from django.apps import AppConfig


class ClassificationConfig(AppConfig):
    name = "marketplace.classification"
    label = "classification"
