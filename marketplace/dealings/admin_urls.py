"""Pages of staff about what both sides do, under /gestion/."""

from django.urls import path

from marketplace.dealings.need_exchanges.admin_views import stuck_exchanges_view

app_name = "dealings_admin"

urlpatterns = [path("dealings/echanges/", stuck_exchanges_view, name="stuck_exchanges")]
