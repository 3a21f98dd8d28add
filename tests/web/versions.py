"""Pages as a browser holds them: what it would post back untouched, the version included."""

from html.parser import HTMLParser

from django.test import Client


class _Forms(HTMLParser):
    """The fields of each form of a page, by form; `form="id"` counts as in the form of that id."""

    def __init__(self):
        super().__init__()
        self.forms = []
        self.here = None
        self.select = self.textarea = None

    def _put(self, attrs, value, *, typed=True, posts=True):
        name = attrs.get("name")
        form = self.here
        if "form" in attrs:
            form = next((one for one in self.forms if one["id"] == attrs["form"]), None)
            if form is None:  # stands before its form
                form = {"id": attrs["form"], "method": "", "action": "", "fields": [], "typed": set()}
                self.forms.append(form)
        if name and form is not None:
            if posts:
                form["fields"].append((name, value))
            if typed:
                form["typed"].add(name)

    def handle_starttag(self, tag, attrs):
        attrs = {name: "" if value is None else value for name, value in attrs}
        if tag == "form":
            known = next((one for one in self.forms if one["id"] and one["id"] == attrs.get("id")), None)
            self.here = known or {"id": attrs.get("id", ""), "fields": [], "typed": set()}
            self.here |= {"method": attrs.get("method", "get"), "action": attrs.get("action", "")}
            if known is None:
                self.forms.append(self.here)
        elif tag == "input":
            kind = attrs.get("type", "text")
            if kind in ("checkbox", "radio"):
                self._put(attrs, attrs.get("value", "on"), posts="checked" in attrs)
            elif kind not in ("submit", "button"):
                self._put(attrs, attrs.get("value", ""), typed=kind != "hidden", posts=kind != "file")
        elif tag == "select":
            self.select = (attrs, [])
        elif tag == "option" and self.select and "selected" in attrs:
            self.select[1].append(attrs.get("value", ""))
        elif tag == "textarea":
            self.textarea = (attrs, [])

    def handle_data(self, data):
        if self.textarea:
            self.textarea[1].append(data)

    def handle_endtag(self, tag):
        if tag == "form":
            self.here = None
        elif tag == "select" and self.select:
            attrs, values = self.select
            self._put(attrs, "", posts=False)
            for value in values or ([] if "multiple" in attrs else [""]):
                self._put(attrs, value)
            self.select = None
        elif tag == "textarea" and self.textarea:
            attrs, parts = self.textarea
            self._put(attrs, "".join(parts).removeprefix("\n"))
            self.textarea = None


def page_forms(response):
    """The forms of a page that post: dictionaries of `id`, `action`, `fields` (pairs) and `typed` (names of what one can change)."""
    reader = _Forms()
    if response["Content-Type"].startswith("text/html"):
        reader.feed(response.content.decode())
    return [form for form in reader.forms if form["method"].lower() == "post"]


def posted_back(response, *, having="form_version"):
    """What the form that has such a field would post untouched: {name: [values]}."""
    form = next(one for one in page_forms(response) if any(name == having for name, _v in one["fields"]))
    data = {}
    for name, value in form["fields"]:
        data.setdefault(name, []).append(value)
    data.pop("csrfmiddlewaretoken", None)
    return data


def version_of(client, url):
    """The hidden field of the page as it opens now, for a post that the test writes by hand."""
    return {"form_version": posted_back(client.get(url))["form_version"][0]}


class Reader(Client):
    """Opens a page before posting to it, as people do: the version of its form goes along."""

    def post(self, path, data=None, *args, **kwargs):
        if isinstance(data, dict) and "form_version" not in data:
            page = self.get(path)
            forms = page_forms(page) if page.status_code == 200 else []
            versions = [value for form in forms for name, value in form["fields"] if name == "form_version"]
            if versions:
                data = data | {"form_version": versions[0]}
        return super().post(path, data, *args, **kwargs)
