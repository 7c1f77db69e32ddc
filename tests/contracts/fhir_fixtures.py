#!/usr/bin/env python3
"""Reads the FHIR fixtures with an independent model of FHIR: a test of bundles that nobody would send is worth little.

Good cases must be valid bundles (or resources) of FHIR R4B, whose Patient, Encounter, Condition and Observation are
those of R4, by the PyPI package `fhir.resources`. Cases named in BROKEN are wrong on purpose and must
not be valid: otherwise they no longer test what they are called. Exit code 0 means that all is so, 1 that a case
is not, 2 that the check itself could not run.
"""

import json
import os
import pathlib
import subprocess
import sys
import venv

PACKAGE = "fhir.resources==8.3.0"
CACHE = pathlib.Path(os.environ.get("SMARTCENTER_CACHE", pathlib.Path.home() / ".cache" / "smartcenter"))
ENVIRONMENT = CACHE / "venv"
FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "fixtures"
BROKEN = {"kacau", "putus", "xml"}


def enter_environment():
    """Re-runs this script inside the virtual environment, which is made where it is missing."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    probe = f"import importlib.metadata as m; assert m.version('fhir.resources') == '{PACKAGE.split('==')[1]}'"
    if subprocess.run([python, "-c", probe], capture_output=True).returncode != 0:
        install = subprocess.run([python, "-m", "pip", "install", "--quiet", PACKAGE])
        if install.returncode != 0:
            print(f"cannot install {PACKAGE} into {ENVIRONMENT}", file=sys.stderr)
            sys.exit(2)
    os.environ["SMARTCENTER_IN_VENV"] = "1"
    os.execv(python, [str(python), __file__, *sys.argv[1:]])


def wrong(path):
    """What the model has against a file, or None."""
    from fhir.resources.R4B import get_fhir_model_class

    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        get_fhir_model_class(value["resourceType"]).model_validate(value)
    except (ValueError, KeyError) as error:
        return str(error).splitlines()[0]
    return None


def main():
    # Spoilt samples of datasets are valid FHIR: what is wrong with them is what they say.
    cases = [*sorted(FIXTURES.glob("feeds/fhir/*.fhir.json")), *sorted(FIXTURES.glob("datasets/*/*.fhir.json"))]
    failed = not cases
    for path in cases:
        case = path.name.split(".")[0]
        why = wrong(path)
        is_wanted = (why is not None) == (case in BROKEN)
        failed |= not is_wanted
        verdict = "as meant" if is_wanted else "NOT AS MEANT"
        print(f"{path.parent.name}/{path.name}: {verdict}: {why or 'valid'}")
    return 1 if failed else 0


if __name__ == "__main__":
    if os.environ.get("SMARTCENTER_IN_VENV") != "1":
        enter_environment()
    sys.exit(main())
