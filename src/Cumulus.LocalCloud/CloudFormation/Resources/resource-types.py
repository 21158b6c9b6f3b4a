#!/usr/bin/env python3
"""Write resource-types.txt from the schemas of the CloudFormation registry, as cfn-lint ships them.

    python3 resource-types.py

Needs `pip install cfn-lint`. A schema says which properties can only be set at creation, so that a change of them replaces the resource
(`createOnlyProperties`, `conditionalCreateOnlyProperties`), which must be given (`required`), which are attributes (`readOnlyProperties`), by which a
resource is known (`primaryIdentifier`), and of which form each property is:
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html.
A line: TYPE|identifying property|replace always|replace under conditions|required|attributes|primary identifier|properties. Only top-level properties; the
form stands after each property: s(tring), i(nteger), n(umber), b(oolean), o(bject), a(rray), or nothing where it may be several.
"""
import json
from pathlib import Path

import cfnlint
from cfnlint.data.schemas.providers import us_east_1

HERE = Path(__file__).parent
SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas" / "resources"


def names(schema, key):
    return sorted({path.split("/", 2)[2].replace("/", ".") for path in schema.get(key, [])})


def top(paths):
    return sorted({path.split(".")[0] for path in paths})


def form(schema, prop):
    while "$ref" in prop:
        prop = schema["definitions"][prop["$ref"].split("/")[-1]]
    kind = prop.get("type")
    return f":{kind[0]}" if isinstance(kind, str) else ""


def line(name, schema):
    always = top(path for path in names(schema, "createOnlyProperties") if "." not in path)
    identifier = names(schema, "primaryIdentifier")
    attributes = [path for path in names(schema, "readOnlyProperties") if "*" not in path]
    return "|".join([
        name,
        identifier[0] if len(identifier) == 1 and identifier[0] in always else "",
        ",".join(always),
        ",".join(top(names(schema, "conditionalCreateOnlyProperties"))),
        ",".join(sorted(schema.get("required", []))),
        ",".join(attributes),
        ",".join(identifier),
        ",".join(key + form(schema, prop) for key, prop in sorted(schema.get("properties", {}).items()) if key not in attributes),
    ])


lines = [line(name, json.loads((SCHEMAS / f"{key}.json").read_text())) for name, key in sorted(us_east_1.types.items()) if "::MODULE" not in name]
(HERE / "resource-types.txt").write_text("\n".join(lines) + "\n")
