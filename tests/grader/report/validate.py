"""Holds JSON documents against a schema: validate.py SCHEMA DOCUMENT…

Prints a line for each: "ok", or what is wrong. Exit code 77 where python3-jsonschema is missing.
"""

import json
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    sys.exit(77)

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
Draft202012Validator.check_schema(schema)
for name in sys.argv[2:]:
    with open(name, encoding="utf-8") as file:
        document = json.load(file)
    errors = [f"{error.json_path}: {error.message}" for error in
              Draft202012Validator(schema).iter_errors(document)]
    print("; ".join(errors)[:500] if errors else "ok")
