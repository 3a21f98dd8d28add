"""The read-only API, version 1. Not translated: programs read it."""

from django.urls import path

from buyers import converters as converters  # registers <ocid:…>

from . import docs
from .cohorts import CohortList
from .events import EventList
from .needs import NeedList
from .schema import SchemaPage
from .suppliers import SupplierDetail, SupplierList
from .tenders import TenderDetail, TenderList

app_name = "api"

urlpatterns = [
    path("suppliers/", SupplierList.as_view(), name="suppliers"),
    path("suppliers/<slug:slug>/", SupplierDetail.as_view(), name="supplier"),
    path("tenders/", TenderList.as_view(), name="tenders"),
    path("tenders/<ocid:ocid>/", TenderDetail.as_view(), name="tender"),
    path("needs/", NeedList.as_view(), name="needs"),
    path("events/", EventList.as_view(), name="events"),
    path("cohorts/", CohortList.as_view(), name="cohorts"),
    path("schema/", SchemaPage.as_view(), name="schema"),
    path("docs/", docs.docs_page, name="docs"),
]
