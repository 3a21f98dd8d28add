"""Mounted at the root by dealings."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.dealings.contracts import views

urlpatterns = [path(_("contrats-a-renouveler/"), views.renewals_page, name="renewals")]
