from __future__ import annotations

from kb.keys import Rate
from service.rates import Rates


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_as_many_requests_as_the_rate_says_pass_and_the_next_when_the_first_is_over() -> None:
    clock = Clock()
    rates = Rates(clock)
    for second in (0.0, 10.0, 20.0):
        clock.now = second
        assert rates.take("key", "a", Rate(3, 60)).allowed
    clock.now = 30.5
    refused = rates.take("key", "a", Rate(3, 60))
    assert not refused.allowed
    assert (refused.remaining, refused.reset) == (0, 30)  # 0 + 60 - 30.5
    clock.now = 60.0
    assert rates.take("key", "a", Rate(3, 60)).allowed
    assert not rates.take("key", "a", Rate(3, 60)).allowed


def test_askers_and_policies_are_counted_apart() -> None:
    rates = Rates(Clock())
    assert rates.take("key", "a", Rate(1, 60)).allowed
    assert rates.take("key", "b", Rate(1, 60)).allowed
    assert rates.take("address", "a", Rate(1, 60)).allowed
    assert not rates.take("key", "a", Rate(1, 60)).allowed


def test_what_is_left_is_told() -> None:
    clock = Clock()
    rates = Rates(clock)
    first = rates.take("key", "a", Rate(2, 60))
    assert dict(first.headers()) == {
        b"ratelimit-policy": b'"key";q=2;w=60',
        b"ratelimit": b'"key";r=1;t=0',
    }


def test_who_is_silent_is_forgotten() -> None:
    clock = Clock()
    rates = Rates(clock)
    for number in range(100):
        rates.take("address", str(number), Rate(60, 60))
    clock.now = 61.0
    for _ in range(51):
        rates.take("address", "somebody", Rate(60, 60))
    assert [list(askers) for askers in rates._askers.values()] == [["somebody"]]
