"""Fetches a page from every host of a local cloud and compares it, byte for byte, with the file that was deployed.

usage: check-hosts.py CLOUD_FOLDER FILE HOSTS
"""
import json
import pathlib
import sys
import urllib.request

cloud, file, count = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
