from django.urls import path
from django.utils.translation import gettext_lazy as _

from . import guides, press, views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path(_("mon-espace/"), views.my_space, name="my_space"),
    path(_("accessibilite/"), views.accessibility, name="accessibility"),
    path(_("renseignements-personnels/"), views.privacy, name="privacy"),
    path(_("conditions/"), views.terms, name="terms"),
    path(_("comment-on-verifie/"), views.how_we_verify, name="how_we_verify"),
    path(_("etat-du-service/"), views.service_status, name="service_status"),
    path(_("guides/"), guides.guide_list_view, name="guides"),
    path(_("guides/<slug:slug>/"), guides.guide_view, name="guide"),
    path(_("questions-frequentes/"), guides.faq_view, name="faq"),
    path(_("a-propos/"), guides.about_view, name="about"),
    path(_("presse/"), press.press_view, name="press"),
    path(_("joindre-mon-pole/"), views.contact, name="contact"),
]
