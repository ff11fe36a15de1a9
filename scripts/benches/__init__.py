"""The benchmarks behind scripts/bench.py: one module a subject, with one function `rows(settings)` that yields Rows.

Figures of one run are compared with figures of the same run only: A and B take turns, and each pair has a ratio.
"""
