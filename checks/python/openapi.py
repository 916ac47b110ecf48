"""Checks the OpenAPI document by the specification's own schema: openapi.py FOLDER, where
FOLDER has openapi.json."""

import copy
import json
import pathlib
import sys

from openapi_spec_validator import OpenAPIV31SpecValidator

document = json.loads((pathlib.Path(sys.argv[1]) / "openapi.json").read_text())
OpenAPIV31SpecValidator(document).validate()
assert len(document["paths"]) >= 20

broken = copy.deepcopy(document)
del broken["info"]["title"]
assert list(OpenAPIV31SpecValidator(broken).iter_errors()), "the validator must bite"

operations = [item["post"] for item in document["paths"].values()]
names = [operation["operationId"] for operation in operations]
assert len(set(names)) == len(names)
print(f"An OpenAPI document with {len(names)} operations is valid.")
