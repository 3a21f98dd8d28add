"""What a person follows, what interests an enterprise, and the dates of both. Mounted at the root."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.dealings.interests import views

urlpatterns = [
    path(_("mon-espace/suivis/"), views.follow_list_page, name="follow_list"),
    path(_("mon-espace/suivis/calendrier/"), views.dates_feed_page, name="dates_feed"),
    path(_("mon-espace/suivis/<notice:key>/"), views.follow_page, name="follow"),
    path(_("mon-espace/interets/<notice:key>/"), views.interest_page, name="interest"),
    path(_("ne-plus-suivre/<str:token>/"), views.unfollow_page, name="unfollow"),
    path(_("echeances/<notice:key>.ics"), views.notice_calendar_file, name="notice_calendar"),
    path(_("echeances/<slug:token>.ics"), views.dates_calendar_file, name="dates_calendar"),
]
