"""Checks a bill of materials by the schema of its version: sbom.py FILE."""

import json
import pathlib
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

text = pathlib.Path(sys.argv[1]).read_text()
validator = JsonStrictValidator(SchemaVersion.V1_5)
error = validator.validate_str(text)
assert error is None, error

document = json.loads(text)
del document["components"][0]["name"]
assert validator.validate_str(json.dumps(document)) is not None, "the validator must bite"
print(f"A bill of materials with {len(document['components'])} components is valid.")
