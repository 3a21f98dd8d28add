from django.urls import path

from marketplace.outreach.promotion import admin_views

urlpatterns = [
    path("outreach/promotion/", admin_views.promotion_page, name="promotion"),
    path("outreach/promotion/catalogue/", admin_views.catalogue_page, name="catalogue"),
    path("outreach/promotion/catalogue/<int:pk>.pdf", admin_views.catalogue_file, name="catalogue_file"),
    path("outreach/promotion/integrer/", admin_views.embed_page, name="embed"),
    path("outreach/promotion/semaine/", admin_views.featured_page, name="featured"),
]
