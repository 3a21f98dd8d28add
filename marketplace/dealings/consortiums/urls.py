"""Consortiums of a person's enterprises. Mounted at the root."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.dealings.consortiums import views

urlpatterns = [
    path(_("mon-espace/groupements/"), views.consortium_list_page, name="consortium_list"),
    path(_("mon-espace/groupements/<int:pk>/"), views.consortium_page, name="consortium"),
    path(_("mon-espace/groupements/<int:pk>/agir/"), views.consortium_move, name="consortium_move"),
    path(
        _("mon-espace/groupements/<int:pk>/apport/<int:member>/"),
        views.consortium_part_page,
        name="consortium_part",
    ),
    path(_("mon-espace/groupements/<notice:key>/"), views.consortium_search_page, name="consortium_search"),
]
