"""Who did what when: concurrency and parallelism at a glance.

Each piece of work is one span: a worker, a label, begin and end, and the CPU seconds that it really used. Spans travel
back from other threads and processes together with the results, so any executor will do. The clock is
`time.perf_counter`, which is the whole system's and not one process's: CLOCK_MONOTONIC on Linux, mach_absolute_time on
macOS, QueryPerformanceCounter on Windows.
"""
from __future__ import annotations

import contextlib
import multiprocessing
import threading
import time
from concurrent.futures import Executor
from html import escape
from typing import Any, Callable, Iterable, Iterator, NamedTuple

SHADES = ".-=#"  # from waiting to computing all the time: how much of a span was CPU time


class Span(NamedTuple):
    """One piece of work: `begin` and `end` in seconds of the shared clock, `cpu` the seconds of CPU it used.

    >>> Span("MainThread", "sum", 1.0, 3.0, 0.5).busy
    0.25
    """

    worker: str
    label: str
    begin: float
    end: float
    cpu: float

    @property
    def busy(self) -> float:
        """The share of its time in which it computed, 0 to 1; the rest it waited, for input or for its turn."""
        return min(1.0, self.cpu / (self.end - self.begin)) if self.end > self.begin else 1.0


def call_with_span(function: Callable[..., Any], *args: object, label: str = "") -> tuple[Any, Span]:
    """Call a function; return its result and the span in which it ran, in whatever thread or process that was.

    >>> result, span = call_with_span(divmod, 7, 2, label="divide")
    >>> result, span.label, span.begin <= span.end
    ((3, 1), 'divide', True)
    """
    begin, cpu = time.perf_counter(), time.thread_time()
    result = function(*args)
    used = time.thread_time() - cpu
    return result, Span(name_worker(), label, begin, time.perf_counter(), used)


def name_worker() -> str:
    """Return the name of the running thread, after that of its process where that is not the main one.

    >>> name_worker() == threading.current_thread().name
    True
    """
    process, thread = multiprocessing.current_process(), threading.current_thread()
    if process.name == "MainProcess":
        return thread.name
    return process.name if thread is threading.main_thread() else f"{process.name}/{thread.name}"


class Timeline:
    """Collects spans, of this thread and of executors' workers, and draws them as text and as SVG.

    >>> timeline = Timeline()
    >>> with timeline.span("look"):
    ...     pass
    >>> timeline.spans[0].label
    'look'

    It may be used by several threads at once. Other processes cannot use it; their spans come through `map`.
    """

    def __init__(self) -> None:
        self.spans: list[Span] = []

    @contextlib.contextmanager
    def span(self, label: str = "") -> Iterator[None]:
        """Record the block as one span of this thread, also when it raises."""
        begin, cpu = time.perf_counter(), time.thread_time()
        try:
            yield
        finally:
            used = time.thread_time() - cpu
            self.spans.append(Span(name_worker(), label, begin, time.perf_counter(), used))

    def map(self, executor: Executor, function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        """Call `function(item)` for each item in an executor, record each call, and return the results in order.

        >>> from concurrent.futures import ThreadPoolExecutor
        >>> timeline = Timeline()
        >>> with ThreadPoolExecutor(2) as executor:
        ...     timeline.map(executor, abs, [-1, 2])
        [1, 2]
        >>> [span.label for span in timeline.spans]
        ['-1', '2']

        Raises: what the function raises.
        """
        futures = [executor.submit(call_with_span, function, item, label=str(item)[:20]) for item in items]
        outcomes = [future.result() for future in futures]
        self.spans += [span for _, span in outcomes]
        return [result for result, _ in outcomes]

    def draw(self, width: int = 60, say: Callable[[str], str] = str) -> str:
        """Draw a line for each worker and, below, how many worked at a time; see `draw_spans`."""
        return draw_spans(self.spans, width, say)

    def draw_svg(self, title: str = "", width: int = 720) -> str:
        """Draw the same as an SVG picture; see `draw_spans_svg`."""
        return draw_spans_svg(self.spans, title, width)


def draw_spans(spans: Iterable[Span], width: int = 60, say: Callable[[str], str] = str) -> str:
    """Draw a line of `width` characters for each worker: `#` computing, `=` and `-` in part, `.` waiting.

    >>> print(draw_spans([Span("T1", "", 0, 1, 1), Span("T2", "", 0.5, 2, 0)], width=20))
    T1       ##########           1.00 s, 100% CPU
    T2            ............... 1.50 s, 0% CPU
    at once  11111222221111111111 0.00 to 2.00 s

    Workers are in the order of their first span. No span at all gives an empty text. `say` translates the last line.
    """
    spans = list(spans)
    if not spans:
        return ""
    begin, end, lanes = _lanes(spans)
    pad = max(len("at once"), *map(len, lanes))
    scale = width / max(end - begin, 1e-9)
    lines, crowd = [], [0] * width
    for worker, own in lanes.items():
        row = [" "] * width
        for span in own:
            first = min(width - 1, int((span.begin - begin) * scale))
            last = max(first + 1, min(width, round((span.end - begin) * scale)))
            row[first:last] = SHADES[round(span.busy * (len(SHADES) - 1))] * (last - first)
        crowd = [count + (mark != " ") for count, mark in zip(crowd, row)]
        seconds = sum(span.end - span.begin for span in own)
        cpu = sum(span.cpu for span in own)
        lines.append(f"{worker:{pad}}  {''.join(row)} {seconds:.2f} s, {cpu / max(seconds, 1e-9):.0%} CPU")
    counts = "".join(str(count) if count < 10 else "+" for count in crowd)
    title, legend = say("at once"), say("0.00 to {:.2f} s").format(end - begin)
    wide = sum(character > "\u2e7f" for character in title)  # Chinese characters take two columns
    return "\n".join([*lines, f"{title:{pad - wide}}  {counts} {legend}"])


def draw_spans_svg(spans: Iterable[Span], title: str = "", width: int = 720) -> str:
    """Draw a row for each worker as an SVG picture; the darker a bar, the more of it was computing.

    >>> picture = draw_spans_svg([Span("T1", "a < b", 0, 1, 1)], title="one")
    >>> picture.startswith("<svg"), "a &lt; b" in picture
    (True, True)

    A label is shown when the pointer rests on its bar.
    """
    begin, end, lanes = _lanes(list(spans))
    left, row, above = 20 + 7 * min(19, max(map(len, lanes), default=0)), 24, 34 if title else 8
    scale = (width - left - 20) / max(end - begin, 1e-9)
    parts = [f'<text x="10" y="20" font-size="15">{escape(title)}</text>'] if title else []
    for number, (worker, own) in enumerate(lanes.items()):
        top = above + number * row
        parts.append(f'<text x="10" y="{top + 14}">{escape(worker)}</text>')
        for span in own:
            x, wide = left + (span.begin - begin) * scale, max(1.0, (span.end - span.begin) * scale)
            parts.append(
                f'<rect x="{x:.1f}" y="{top}" width="{wide:.1f}" height="{row - 6}" rx="2" fill="#1f5fa8" '
                f'fill-opacity="{0.15 + 0.85 * span.busy:.2f}"><title>{escape(span.label)}: '
                f'{span.end - span.begin:.3f} s, {span.busy:.0%} CPU</title></rect>')
    height = above + len(lanes) * row + 30
    parts.append(f'<text x="{left}" y="{height - 10}">0 s</text>')
    parts.append(f'<text x="{width - 20}" y="{height - 10}" text-anchor="end">{end - begin:.2f} s</text>')
    return wrap_svg(parts, width, height)


def wrap_svg(parts: Iterable[str], width: int, height: int) -> str:
    """Put SVG elements on a white page of the given size.

    >>> wrap_svg([], 20, 10).count("rect")
    1
    """
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">')
    page = f'<rect width="{width}" height="{height}" fill="white"/>'
    return "\n".join([head, page, *parts, "</svg>", ""])


def _lanes(spans: list[Span]) -> tuple[float, float, dict[str, list[Span]]]:
    """Return the first begin, the last end, and the spans of each worker, in the order of their beginning."""
    lanes: dict[str, list[Span]] = {}
    for span in sorted(spans, key=lambda span: span.begin):
        lanes.setdefault(span.worker, []).append(span)
    return min((s.begin for s in spans), default=0.0), max((s.end for s in spans), default=0.0), lanes
