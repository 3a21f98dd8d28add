from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.security import views

app_name = "security"

urlpatterns = [
    path("", views.overview, name="overview"),
    path(_("appareils/"), views.devices, name="devices"),
    path(_("appareils/deconnecter/"), views.end_others, name="end_others"),
    path(_("appareils/<int:pk>/deconnecter/"), views.end_one, name="end_one"),
    path(_("deux-etapes/"), views.required, name="required"),
    path(_("deux-etapes/suite/"), views.go_on, name="go_on"),
]
