"""What was sought and found nowhere, under /gestion/: to add a synonym, or to court an enterprise."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.web.admin import READ, ScopedAdmin
from suppliers.models import EmptySearch


@admin.register(EmptySearch)
class EmptySearchAdmin(ScopedAdmin):
    shared = True
    staff_may = READ
    platform_may = READ
    list_display = ["text", "language", "day", "times", "to_lexicon"]
    list_filter = ["language"]
    search_fields = ["text"]
    fields = ["text", "language", "day", "times"]

    @admin.display(description=gettext_lazy("suite"))
    def to_lexicon(self, row: EmptySearch) -> SafeString:
        page = reverse("admin:classification_lexicongroup_add")
        return format_html('<a href="{}?label={}">{}</a>', page, row.text, _("Ajouter au lexique"))
