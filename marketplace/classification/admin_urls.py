"""The page that tries the lexicon, under /gestion/."""

from django.urls import path

from marketplace.classification.lexicon.admin_views import try_page

app_name = "classification_admin"

urlpatterns = [path("classification/lexicongroup/essayer/", try_page, name="try_lexicon")]
