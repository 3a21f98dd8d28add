from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.security import views

app_name = "security"

urlpatterns = [
    path("", views.security_overview, name="overview"),
    path(_("appareils/"), views.device_list, name="devices"),
    path(_("appareils/deconnecter/"), views.end_other_devices, name="end_others"),
    path(_("appareils/<int:pk>/deconnecter/"), views.end_device, name="end_one"),
    path(_("deux-etapes/"), views.second_factor_required, name="required"),
    path(_("deux-etapes/suite/"), views.continue_after_second_factor, name="go_on"),
]
