#!/usr/bin/env python3
"""Runs the standard's own JSON Schema over every contract we ship.

The schema comes from the PyPI package `open-data-contract-standard` (the line for v3.1), installed with `jsonschema`
into a virtual environment under the user's cache folder; once it is there, nothing is fetched. Extra files or folders
may be given as arguments. Exit code 0 means that all contracts pass, 1 that one does not, 2 that the check itself
could not run.
"""

import copy
import json
import os
import pathlib
import subprocess
import sys
import venv

PACKAGES = ["open-data-contract-standard>=3.1,<3.2", "jsonschema>=4,<5", "PyYAML>=6,<7"]
CACHE = pathlib.Path(os.environ.get("SMARTCENTER_CACHE", pathlib.Path.home() / ".cache" / "smartcenter"))
ENVIRONMENT = CACHE / "venv"
SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "warehouse" / "contracts"


def enter_environment():
    """Re-runs this script inside the virtual environment, which is made where it is missing."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    probe = (
        "import jsonschema, yaml, importlib.metadata as m; "
        "assert m.version('open-data-contract-standard').startswith('3.1.')"
    )
    if subprocess.run([python, "-c", probe], capture_output=True).returncode != 0:
        install = subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES])
        if install.returncode != 0:
            print(f"cannot install {', '.join(PACKAGES)} into {ENVIRONMENT}", file=sys.stderr)
            sys.exit(2)
    os.environ["SMARTCENTER_IN_VENV"] = "1"
    os.execv(python, [str(python), __file__, *sys.argv[1:]])


def load(path):
    """Reads YAML as version 1.2 does: dates stay text, only true and false are booleans."""
    import yaml

    class Core(yaml.SafeLoader):
        pass

    Core.yaml_implicit_resolvers = {
        first: [(tag, rule) for tag, rule in rules if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    import re

    Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))
    return yaml.load(path.read_text(encoding="utf-8"), Loader=Core)


def main():
    import jsonschema
    import open_data_contract_standard as package

    schema = json.loads((pathlib.Path(package.__file__).parent / "schema.json").read_text(encoding="utf-8"))
    assert "v3.1.0" in schema["properties"]["apiVersion"]["enum"], "the package does not carry the schema of v3.1.0"
    validator = jsonschema.validators.validator_for(schema)(schema)

    roots = [SHIPPED, *map(pathlib.Path, sys.argv[1:])]
    files = sorted(file for root in roots for file in ([root] if root.is_file() else root.rglob("*.yaml")))
    if not files:
        print(f"no contract found under {SHIPPED}", file=sys.stderr)
        return 2

    faults = 0
    for file in files:
        document = load(file)
        for error in validator.iter_errors(document):
            faults += 1
            place = "/".join(map(str, error.absolute_path)) or "document"
            print(f"{file}: {place}: {error.message}")

        # A check that accepts everything would prove nothing: each spoilt copy has to be refused.
        for what, spoil in SPOILS.items():
            copied = copy.deepcopy(document)
            spoil(copied)
            if validator.is_valid(copied):
                faults += 1
                print(f"{file}: the schema accepts a copy with {what}")

    print(f"{len(files)} contracts checked against the ODCS schema, {faults} faults")
    return 1 if faults else 0


SPOILS = {
    "an unknown key": lambda d: d.update(extraKey=1),
    "no version": lambda d: d.pop("version"),
    "an unknown logical type": lambda d: d["schema"][0]["properties"][0].update(logicalType="varchar"),
    "an unknown key in a property": lambda d: d["schema"][0]["properties"][0].update(wajib=True),
    "a custom property without a value": lambda d: d["schema"][0].setdefault("customProperties", []).append(
        {"property": "owner"}
    ),
}


if __name__ == "__main__":
    if os.environ.get("SMARTCENTER_IN_VENV") != "1":
        enter_environment()
    sys.exit(main())
