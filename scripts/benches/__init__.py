"""The benchmarks behind scripts/bench.py: one module a subject, each with one function `rows(settings)` that yields Rows.

Figures of one run are compared only with figures of the same run: A and B take turns, and the ratio of each pair counts.
"""
