from django.urls import path

from . import views

app_name = "suppliers"
urlpatterns = [
    path("", views.directory, name="directory"),
    path("<slug:slug>/", views.supplier, name="supplier"),
]
