"""What is kept per process for a minute."""

import pytest

from marketplace.web.process_cache import ProcessCache, cached_in_process, clear_process_caches


def counting(values):
    taken = iter(values)
    return lambda: next(taken)


def test_remembered_loads_once_within_its_time(monkeypatch):
    now = 0.0
    monkeypatch.setattr("marketplace.web.process_cache.time.monotonic", lambda: now)
    kept = ProcessCache(counting([1, 2]), seconds=10)
    assert [kept(), kept()] == [1, 1]
    now = 9.9
    assert kept() == 1
    now = 10.0
    assert [kept(), kept()] == [2, 2]


def test_remembered_keeps_what_is_empty_too():
    kept = cached_in_process(counting([{}, {"a": 1}]))
    assert [kept(), kept()] == [{}, {}]


def test_forget_loads_again():
    kept = cached_in_process(counting([1, 2, 3]))
    kept()
    kept.forget()
    assert kept() == 2
    clear_process_caches()
    assert kept() == 3


def test_remembered_does_not_keep_a_failure():
    answers = [RuntimeError("the database is away"), "here"]

    def load():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    kept = cached_in_process(load)
    with pytest.raises(RuntimeError):
        kept()
    assert kept() == "here"
