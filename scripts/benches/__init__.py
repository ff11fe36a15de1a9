"""The benchmarks behind scripts/bench.py: one module a subject, with one function `rows(settings)` that yields Rows.

Figures of one run are compared with figures of the same run only: A and B take turns, and each pair has a ratio. A
subject about growth has `curves(settings)` instead, which yields Curves.

- `harness`: compare two, load a server, keep what was measured, print it, save it
- `environments`: third-party peers in an environment of their own, versions of the system's tools
- `run`, `chart`, `page`: run subjects one after another, draw a run, write docs/performance.md of it
"""
