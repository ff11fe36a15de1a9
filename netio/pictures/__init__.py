"""The pictures of the documentation: a drawing board and sequence diagrams, as SVG."""
