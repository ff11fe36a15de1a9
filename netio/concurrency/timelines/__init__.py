"""What ran when: spans recorded by threads and processes, drawn as charts, and comparisons of ways to do the same work.

- `timeline`: spans and how they are drawn
- `charts`: bars, as text and as SVG
- `comparison`: the same work by threads, processes and server models, timed
"""
