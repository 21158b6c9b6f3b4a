"""Fetches the first page from every host of a local cloud and compares it, byte for byte, with a file.

usage: check-hosts.py CLOUD-FOLDER HOSTS FILE

Each host's start script leaves the address that it serves in run/webshop.url.
"""
import pathlib
import sys
import urllib.request


def main(cloud: str, hosts: str, file: str) -> int:
    expected = pathlib.Path(file).read_bytes()
    addresses = sorted(pathlib.Path(cloud).glob("hosts/*/root/run/webshop.url"))
    same = 0
    for address in addresses:
        url = address.read_text().strip()
        with urllib.request.urlopen(url, timeout=10) as answer:
            served = answer.read()
        same += served == expected
        print(f"{address.parts[-4]}  {url}  {len(served)} bytes, {'the same as' if served == expected else 'NOT'} {file}")
    if same == int(hosts):
        return 0
    print(f"{same} of {hosts} hosts serve {file}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
