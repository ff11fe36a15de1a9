import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor

import pytest

from netio.concurrency import ProcessPool, Timeline, run_in_child, run_in_threads
from netio.concurrency.timelines.charts import draw_bars, draw_bars_svg
from netio.concurrency.timelines.timeline import Span, call_with_span, draw_spans, draw_spans_svg, name_worker

from .. import jobs


def test_the_clock_is_the_same_in_every_process(start_method):
    before = time.perf_counter()
    inside = run_in_child(jobs.read_clock, method=start_method)
    assert before < inside < time.perf_counter()


def test_spans_of_this_thread_even_when_it_fails():
    timeline = Timeline()
    with pytest.raises(KeyError):
        with timeline.span("broken"):
            raise KeyError
    (span,) = timeline.spans
    assert (span.worker, span.label) == (name_worker(), "broken") and span.begin <= span.end


def test_spans_travel_back_from_threads_and_processes():
    timeline = Timeline()
    before = time.perf_counter()
    with ProcessPool(1, method="spawn") as processes, ThreadPoolExecutor(1, thread_name_prefix="pool") as threads:
        assert timeline.map(processes, abs, [-1, 2]) == [1, 2]
        assert timeline.map(threads, abs, [-3]) == [3]
    workers = [span.worker for span in timeline.spans]
    assert workers[0] == workers[1] and workers[0].startswith("SpawnProcess") and workers[2] == "pool_0"
    assert [span.label for span in timeline.spans] == ["-1", "2", "-3"]
    assert all(before < span.begin <= span.end < time.perf_counter() for span in timeline.spans)
    assert timeline.draw().splitlines()[-1].startswith("at once")


def test_an_exception_passes():
    with ThreadPoolExecutor(1) as threads, pytest.raises(ValueError):
        Timeline().map(threads, jobs.fail, ["no luck"])


def test_waiting_is_told_from_computing():
    _, waited = call_with_span(time.sleep, 0.05)
    assert waited.busy < 0.5 and waited.cpu < 0.05
    assert Span("T", "", 1, 1, 0).busy == 1.0


def test_many_threads_may_record():
    timeline = Timeline()

    def work():
        for _ in range(100):
            with timeline.span():
                pass

    run_in_threads([work] * 4)
    assert len(timeline.spans) == 400


SPANS = [Span("one", "a<b>&", 0, 2, 2), Span("two", "", 1, 4, 0), Span("one", "", 3, 4, 0.5)]


def test_the_picture_in_text():
    assert draw_spans(SPANS, width=8).splitlines() == [
        "one      ####  == 3.00 s, 83% CPU",
        "two        ...... 3.00 s, 0% CPU",
        "at once  11221122 0.00 to 4.00 s",
    ]
    assert draw_spans([]) == ""
    assert len(draw_spans([Span(str(n), "", 0, 1, 0) for n in range(12)], 5).splitlines()) == 13
    assert "+++++" in draw_spans([Span(str(n), "", 0, 1, 0) for n in range(12)], 5)


def test_a_span_of_no_length_is_seen():
    assert draw_spans([Span("one", "", 5, 5, 0)], width=4).splitlines()[0].startswith("one      #")


@pytest.mark.parametrize("picture, bars", [
    (draw_spans_svg(SPANS, "title & more"), 3), (draw_spans_svg([]), 0),
    (draw_bars_svg([("a<b", 1), ("zero", 0)], "title"), 2), (draw_bars_svg([]), 0),
])
def test_the_pictures_are_well_formed(picture, bars):
    root = ElementTree.fromstring(picture)
    rectangles = root.findall("{http://www.w3.org/2000/svg}rect")
    assert len(rectangles) == bars + 1, "and one for the page"
    for rectangle in rectangles:
        right = float(rectangle.get("x", "0")) + float(rectangle.get("width"))
        assert 0 <= right <= float(root.get("width"))


def test_a_bar_is_as_long_as_its_span():
    _, *bars = ElementTree.fromstring(draw_spans_svg(SPANS)).iter("{http://www.w3.org/2000/svg}rect")
    second = float(bars[1].get("width"))
    assert [round(float(bar.get("width")) / second, 1) for bar in bars] == [2, 1, 3]
    begin = float(bars[0].get("x"))
    assert [round((float(bar.get("x")) - begin) / second, 1) for bar in bars] == [0, 3, 1]


def test_bars_in_text():
    assert draw_bars([("a", 0), ("long", 4)], unit="kB", width=4) == "a          0.000 kB\nlong  #### 4.000 kB"
    assert draw_bars([]) == ""
    assert draw_bars([("nothing", 0)], width=2) == "nothing     0.000 s"
