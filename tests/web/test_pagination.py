import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from marketplace.web.pagination import paginate_list


def page(asked: str = "", total: int = 555, size: int = 20):
    return paginate_list(RequestFactory().get("/", {"page": asked} if asked else {}), range(total), size)


def test_page_without_a_number_is_the_first():
    first = page()
    assert (first.number, first.paginator.num_pages, list(first), first.message) == (1, 28, [*range(20)], "")
    assert not first.has_previous()
    assert first.next_page_number() == 2


def test_last_page_stops_at_the_last_row():
    last = page("28")
    assert list(last) == [*range(540, 555)]
    assert not last.has_next()
    assert last.range_text == "541 à 555 sur 555"


@pytest.mark.parametrize("asked", ["99999", "29", "9" * 40])
def test_page_beyond_the_end_is_the_last_and_says_so(asked):
    last = page(asked)
    assert last.number == 28
    assert last.message == "Il n’y a que 28 pages. Voici la dernière."


@pytest.mark.parametrize("asked", ["0", "-1", "abc", "1.5", "٣", "²", " ", "<script>"])
def test_page_that_is_nonsense_is_the_first(asked):
    first = page(asked)
    assert first.number == 1
    assert bool(first.message) == bool(asked.strip())


def test_page_of_an_empty_list_is_empty():
    empty = page(total=0)
    assert (empty.number, empty.paginator.num_pages, list(empty), empty.range_text) == (1, 1, [], "")


@pytest.mark.parametrize(
    ("asked", "window"),
    [
        ("1", [1, 2, 3, None, 28]),
        ("4", [1, 2, 3, 4, 5, None, 28]),
        ("14", [1, None, 13, 14, 15, None, 28]),
        ("28", [1, None, 26, 27, 28]),
    ],
)
def test_window_keeps_the_ends_and_the_neighbours(asked, window):
    assert page(asked).numbers == window


def test_pager_links_keep_the_filters():
    request = RequestFactory().get("/", {"q": "bois", "page": "2"})
    html = render_to_string(
        "web/_pager.html", {"page_obj": paginate_list(request, range(60), 20), "request": request}
    )
    assert 'href="?q=bois&amp;page=1" rel="prev"' in html
    assert 'href="?q=bois&amp;page=3" rel="next"' in html
    assert '<span aria-current="page">' in html


def test_pager_of_one_page_is_not_drawn():
    request = RequestFactory().get("/")
    assert (
        render_to_string("web/_pager.html", {"page_obj": paginate_list(request, range(20), 20)}).strip() == ""
    )
