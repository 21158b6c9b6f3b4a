#!/usr/bin/env python3
"""Cut whole AWS service models down to the operations that services.json names.

    python3 trim.py FOLDER [SERVICE ...]

The models are those of botocore (Apache-2.0). FOLDER is botocore's data folder (`cloudformation/2010-05-15/service-2.json[.gz]` and
`paginators-1.json[.gz]`), or holds one file per service (`cloudformation.json`) that has the service model and its paginators. For each
service (or those named) this script writes `SERVICE.model.json` beside itself: the named operations, every shape that they reach, and
the paginators of those operations.
Documentation, constraints and whatever the generator does not read are left out. One operation, shape or paginator is one line,
so that a change of the service shows as a readable difference.

To add an operation: add its name to services.json, run this script, build.

In services.json, `namespace` and `class` are the names that the official package has (`Amazon.SimpleEmail`, `AmazonSimpleEmailServiceClient`);
the other keys are that package's departures from the model, and go to the generator unchanged:
  withoutArgument     operations that can be called without a request
  wrap                the response has one property of this name that holds the whole output
  substitute          a structure that stands for the one value inside it (`member`), or a type that is read as another
  rename              SHAPE.MEMBER: property name
  throttlingCodes     error codes on which a call is repeated as throttled, besides those that AWSSDK.Core knows
  fipsNameInGovCloud  FIPS endpoints have `-fips` in GovCloud too, where the plain names of other services are FIPS endpoints
"""
import gzip
import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
METADATA = ("apiVersion", "endpointPrefix", "protocol", "serviceId", "signingName", "targetPrefix", "jsonVersion", "awsQueryCompatible")
SHAPE = ("type", "enum", "flattened", "locationName", "timestampFormat", "exception", "error")
REFERENCE = ("shape", "locationName", "queryName", "flattened", "idempotencyToken", "timestampFormat", "resultWrapper")
PAGINATOR = ("input_token", "output_token", "more_results", "result_key")


def pick(node, keys):
    return {key: node[key] for key in keys if key in node}


def trim_shape(shape):
    out = pick(shape, SHAPE)
    if "members" in shape:
        out["members"] = {name: pick(member, REFERENCE) for name, member in shape["members"].items()}
    for part in ("member", "key", "value"):
        if part in shape:
            out[part] = pick(shape[part], REFERENCE)
    return out


def references(shape):
    yield from (member["shape"] for member in shape.get("members", {}).values())
    yield from (shape[part]["shape"] for part in ("member", "key", "value") if part in shape)


def trim(model, paginators, service):
    unknown = sorted(set(service["operations"]) - set(model["operations"]))
    if unknown:
        sys.exit(f"{service['namespace']}: the model has no operation {', '.join(unknown)}")
    operations, shapes = {}, {}

    def visit(name):
        if name not in shapes:
            shapes[name] = trim_shape(model["shapes"][name])
            for reference in references(shapes[name]):
                visit(reference)

    for name in sorted(service["operations"]):
        whole = model["operations"][name]
        operation = {key: pick(whole[key], REFERENCE) for key in ("input", "output") if key in whole}
        operation["errors"] = [error["shape"] for error in whole.get("errors", [])]
        operations[name] = operation
        for shape in [operation[key]["shape"] for key in ("input", "output") if key in operation] + operation["errors"]:
            visit(shape)
    return {
        "metadata": pick(model["metadata"], METADATA),
        "names": {key: value for key, value in service.items() if key != "operations"},
        "operations": operations,
        "paginators": {name: pick(paginators[name], PAGINATOR) for name in operations if name in paginators},
        "shapes": dict(sorted(shapes.items())),
    }


def load(folder, name):
    whole = folder / f"{name}.json"
    if whole.exists():
        model = json.loads(whole.read_text())
        return model, model["paginators"]
    found = sorted((folder / name).glob("*/service-2.json*"))
    if not found:
        sys.exit(f"{folder} has no model of {name}")
    read = lambda path: json.loads(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
    pages = sorted(found[-1].parent.glob("paginators-1.json*"))
    return read(found[-1]), read(pages[0])["pagination"] if pages else {}


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def render(model):
    sections = []
    for section, content in model.items():
        lines = ",\n".join(f'"{key}":{compact(value)}' for key, value in content.items())
        sections.append(f'"{section}":{{\n{lines}\n}}' if content else f'"{section}":{{}}')
    return "{\n" + ",\n".join(sections) + "\n}\n"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    services = json.loads((HERE / "services.json").read_text())
    for name in sys.argv[2:] or services:
        if name not in services:
            sys.exit(f"services.json has no service {name}")
        model = trim(*load(Path(sys.argv[1]), name), services[name])
        target = HERE / f"{name}.model.json"
        target.write_text(render(model))
        print(f"{name}: {len(model['operations'])} operations, {len(model['shapes'])} shapes, {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
