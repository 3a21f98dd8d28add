"""« Courriels »: what the demo would have sent, shown as sent. These pages exist in the demo only."""

from __future__ import annotations

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.dealings.inquiries.incoming import Result
from marketplace.demo.mailbox import (
    StoredEmail,
    answer_stored_email,
    find_stored_email,
    stored_email_names,
)
from marketplace.web.pagination import paginate_list

PAGE_SIZE = 25

# Mails carry their styles inline; the page around them does not.
MAIL_STYLES = {"style-src": [SELF, UNSAFE_INLINE]}


@never_cache
@require_safe
def stored_email_list(request: HttpRequest) -> HttpResponse:
    names = stored_email_names()
    page = paginate_list(request, names, PAGE_SIZE)
    letters = [find_stored_email(name) for name in page]
    return render(request, "demo/mailbox.html", {"letters": letters, "page_obj": page})


class AnswerForm(forms.Form):
    """An answer to a mail of the demo; from another address too, to see what becomes of it."""

    sender = forms.EmailField(label=gettext_lazy("De"))
    text = forms.CharField(
        label=gettext_lazy("Votre réponse"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stored_email_detail(request: HttpRequest, name: str) -> HttpResponse:
    """The mail; where an answer would come back to the site, one may write it here."""
    letter = _email_or_404(name)
    form = AnswerForm(request.POST or None, initial={"sender": letter.to}, label_suffix="")
    if request.method == "POST" and letter.reply_to and form.is_valid():
        result = answer_stored_email(
            letter, sender=form.cleaned_data["sender"], text=form.cleaned_data["text"]
        )
        if result in (Result.KEPT, Result.HELD):
            messages.success(request, _("Votre réponse est arrivée sur le site, comme par courriel."))
        else:
            messages.warning(
                request, _("Cette réponse n’a pas été acceptée : l’échange est fermé, ou elle y est déjà.")
            )
        return redirect("demo:letter", name=letter.name)
    return render(request, "demo/letter.html", {"letter": letter, "form": form})


@never_cache
@require_safe
@csp_update(MAIL_STYLES)
def stored_email_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, for the frame; its links open in the whole window."""
    html = _email_or_404(name).html
    return HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))


@never_cache
@require_safe
def stored_email_source(request: HttpRequest, name: str) -> HttpResponse:
    source = _email_or_404(name).parsed.as_bytes()
    return HttpResponse(
        source,
        content_type="message/rfc822",
        headers={"Content-Disposition": f'attachment; filename="{name}.eml"'},
    )


def _email_or_404(name: str) -> StoredEmail:
    found = find_stored_email(name)
    if found is None:
        raise Http404(_("Ce courriel n’existe pas, ou plus."))
    return found
