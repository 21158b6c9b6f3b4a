#!/usr/bin/env python3
"""Make the golden files from botocore, the reference implementation of the protocols.

    python3 make.py

Needs botocore (1.43.11 made the files that are checked in). Writes beside itself:

  generated-cases.json  for every operation of services.json one input with every member that botocore knows, no two values alike
  requests.json         what botocore sends for each input of cases.json (written by hand) and generated-cases.json
  responses.json        for every operation an answer with every member, and what botocore reads out of it
  endpoints.json        where botocore's endpoint rules lead, for every service, four regions of each partition, FIPS and dual stack

The C# tests read the inputs from the same files, so there is no second copy of them.
"""
import base64
import datetime
import json
from pathlib import Path
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

import botocore.session
from botocore.endpoint_provider import EndpointProvider
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

HERE = Path(__file__).parent
SERVICES = json.loads((HERE / "../../../src/Cumulus.AwsClients/models/services.json").read_text())
SESSION = botocore.session.Session()
TIME = 1767323045  # 2026-01-02T03:04:05Z
# The model has the item's name at the wrong place, so botocore reads <member> where EC2 writes <item> as everywhere.
MISREAD = {"InferenceDeviceInfoList"}


class Filler:
    """Values for every member of a shape, in the form of botocore's inputs. A shape inside itself is left out."""

    def __init__(self):
        self.count = 0

    def fill(self, shape, inside=()):
        self.count += 1
        match shape.type_name:
            case "structure":
                if shape.name in inside:
                    return None
                filled = {name: self.fill(member, (*inside, shape.name)) for name, member in shape.members.items()}
                return {name: value for name, value in filled.items() if value is not None}
            case "list" if shape.name in MISREAD:
                return None
            case "list":
                items = [self.fill(shape.member, inside) for _ in range(2 if shape.member.type_name == "string" else 1)]
                return None if None in items else items
            case "map":
                value = self.fill(shape.value, inside)
                return None if value is None else {f"key {self.count}": value}
            case "string":
                return shape.enum[self.count % len(shape.enum)] if shape.enum else f"text {self.count}"
            case "integer" | "long":
                return self.count
            case "float" | "double":
                return self.count + 0.5
            case "boolean":
                return self.count % 2 == 0
            case "timestamp":
                return iso(datetime.datetime.fromtimestamp(TIME + self.count, datetime.timezone.utc))
            case "blob":
                return base64.b64encode(f"bytes {self.count}".encode()).decode()
            case other:
                raise ValueError(other)


def iso(time):
    return time.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ").replace(".000000Z", "Z")


def typed(shape, value):
    """An input from JSON as botocore wants it: blobs are bytes."""
    match shape.type_name:
        case "structure":
            return {name: typed(shape.members[name], item) for name, item in value.items()}
        case "list":
            return [typed(shape.member, item) for item in value]
        case "map":
            return {key: typed(shape.value, item) for key, item in value.items()}
        case "blob":
            return base64.b64decode(value)
        case _:
            return value


def plain(value):
    """What botocore read, as JSON."""
    match value:
        case dict():
            return {key: plain(item) for key, item in value.items() if key != "ResponseMetadata"}
        case list():
            return [plain(item) for item in value]
        case datetime.datetime():
            return iso(value)
        case bytes():
            return base64.b64encode(value).decode()
        case _:
            return value


def request(case):
    """What botocore's serializer makes of an input, without the conveniences of its client (such as encoding user data)."""
    model = SESSION.get_service_model(case["service"])
    operation = model.operation_model(case["operation"])
    value = typed(operation.input_shape, case["input"]) if operation.input_shape else {}
    sent = create_serializer(model.protocol, include_validation=False).serialize_to_request(value, operation)
    out = {"service": case["service"], "operation": case["operation"]}
    if model.protocol == "json":
        return {**out, "target": sent["headers"]["X-Amz-Target"], "contentType": sent["headers"]["Content-Type"], "json": json.loads(sent["body"])}
    return {**out, "form": dict(sorted(parse_qsl(urlencode(sent["body"]), keep_blank_values=True)))}


class Answer:
    """An answer as the service would write it, from filled values."""

    def __init__(self, model):
        self.model = model

    def render(self, operation, output):
        if self.model.protocol == "json":
            return json.dumps(self.json(operation.output_shape, output) if output else {}, separators=(",", ":"))
        content = self.members(operation.output_shape, output) if output else ""
        if self.model.protocol == "ec2":
            return f"<{operation.name}Response><requestId>r-1</requestId>{content}</{operation.name}Response>"
        wrapper = operation.output_shape.serialization.get("resultWrapper", "") if operation.output_shape else ""
        result = f"<{wrapper}>{content}</{wrapper}>" if wrapper else content
        metadata = "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>"
        return f'<{operation.name}Response xmlns="urn:x">{result}{metadata}</{operation.name}Response>'

    def members(self, shape, value):
        return "".join(self.element(shape.members[name].serialization.get("name", name), shape.members[name], item) for name, item in value.items())

    def element(self, name, shape, value):
        match shape.type_name:
            case "structure":
                content = self.members(shape, value)
            case "list" if shape.serialization.get("flattened"):
                return "".join(self.element(shape.member.serialization.get("name", name), shape.member, item) for item in value)
            case "list":
                content = "".join(self.element(shape.member.serialization.get("name", "member"), shape.member, item) for item in value)
            case "map":
                key, item = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
                content = "".join(f"<entry><{key}>{escape(k)}</{key}>{self.element(item, shape.value, v)}</entry>" for k, v in value.items())
            case "boolean":
                content = str(value).lower()
            case _:
                content = escape(str(value))
        return f"<{name}>{content}</{name}>"

    def json(self, shape, value):
        match shape.type_name:
            case "structure":
                return {shape.members[name].serialization.get("name", name): self.json(shape.members[name], item) for name, item in value.items()}
            case "list":
                return [self.json(shape.member, item) for item in value]
            case "map":
                return {key: self.json(shape.value, item) for key, item in value.items()}
            case "timestamp":
                return datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
            case _:
                return value


def response(service, name):
    model = SESSION.get_service_model(service)
    operation = model.operation_model(name)
    output = Filler().fill(operation.output_shape) if operation.output_shape else None
    body = Answer(model).render(operation, output)
    read = create_parser(model.protocol).parse({"headers": {}, "status_code": 200, "body": body.encode()}, operation.output_shape)
    return {"service": service, "operation": name, "body": body, "value": plain(read)}


def endpoints(service):
    loader = SESSION.get_component("data_loader")
    partitions = loader.load_data("partitions")
    rules = EndpointProvider(loader.load_service_model(service, "endpoint-rule-set-1"), partitions)
    regions = [region for partition in partitions["partitions"] for region in [r for r in partition["regions"] if "-global" not in r][:4]]
    return {"service": service, "urls": {
        f"{region}{' fips' if fips else ''}{' dualstack' if dual else ''}": rules.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual).url
        for region in regions for fips in (False, True) for dual in (False, True)}}


def write(name, rows):
    lines = ",\n".join(json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in rows)
    (HERE / name).write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{name}: {len(rows)} rows, {(HERE / name).stat().st_size:,} bytes")


def main():
    operations = [(service, name) for service, entry in SERVICES.items() for name in entry["operations"]]
    generated = []
    for service, name in operations:
        shape = SESSION.get_service_model(service).operation_model(name).input_shape
        generated.append({"service": service, "operation": name, "input": Filler().fill(shape) if shape else {}})
    write("generated-cases.json", generated)
    write("requests.json", [request(case) for case in json.loads((HERE / "cases.json").read_text("utf-8")) + generated])
    write("responses.json", [response(service, name) for service, name in operations])
    write("endpoints.json", [endpoints(service) for service in SERVICES])


if __name__ == "__main__":
    main()
