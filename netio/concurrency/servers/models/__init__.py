"""The server models: one file each, and the table that says where each exists.

- `table`: MODELS, what each model is and needs
- `model`: what every model has; `blocking`: what those that run blocking handlers share; `events`: the event models
- `iterative`, `fork`, `process`, `thread`, `pool`, `prefork`: models that may block
- `workers`, `handover`, `watching`, `shared_acceptor`: several processes or threads on one listener
"""
