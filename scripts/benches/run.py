"""Run subjects one after another, print what they measure, and save it: each module of this folder that has `rows`
or `curves` is a subject."""
from __future__ import annotations

import importlib
import inspect
import re
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Iterable

import _prelude

from . import environments
from .harness import Run, Row, Settings, Subject, machine, print_all, to_json, warn


def subjects() -> list[str]:
    """Return the names of the modules in scripts/benches that measure something: http_cold is "http-cold"."""
    return sorted(path.stem.rstrip("_").replace("_", "-") for path in Path(__file__).parent.glob("*.py")
                  if re.search(r"^def (rows|curves)\(settings", path.read_text(encoding="utf-8"), re.M))


def measure(names: Iterable[str], settings: Settings, save_as: Path | None = None,
            run: Run | None = None) -> tuple[Run, bool]:
    """Measure the subjects, and return all figures and whether one of them failed; what failed is named as skipped.

    Where `run` is given, its figures are kept for all other subjects.
    """
    run, failed = run or Run({}), False
    for name in names:
        run.machine = machine()
        print(f"\n{name}", flush=True)
        module = importlib.import_module(f"benches.{'import_' if name == 'import' else name.replace('-', '_')}")
        subject = run.subjects[name] = describe(module)
        subject.measured = f"Measured on {run.machine['date']}; load before: {run.machine['load before']}."
        work = getattr(module, "rows", None) or getattr(module, "curves")
        try:
            print_all(subject.keep(work(settings)))
        except (OSError, ValueError, EOFError, AssertionError, subprocess.SubprocessError) as error:
            warn(_prelude.say("{} failed: {!r}", name, error))
            subject.rows.append(Row(f"the rest of {name}", "netio", "", skipped=f"failed: {error!r}"))
            failed = True
        run.versions.update(versions(settings))
        if save_as:
            save_as.write_text(to_json(run), encoding="utf-8")
    return run, failed


def describe(module: ModuleType) -> Subject:
    """Return an empty subject with what its module says about itself, and what its function adds to that."""
    doc = inspect.getdoc(getattr(module, "rows", None) or getattr(module, "curves")) or ""
    return Subject(_joined(inspect.getdoc(module) or ""), _joined(doc.partition("\n\n")[2]))


def versions(settings: Settings) -> dict[str, str]:
    """Return the versions of the system's tools and, if they were asked for, of the third-party peers."""
    return {**environments.tool_versions(), **(environments.peer_versions() if settings.peers else {})}


def _joined(text: str) -> str:
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
