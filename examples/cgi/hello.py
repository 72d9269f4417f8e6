"""A function of cgi_response: fields, an empty line, a document."""

import os
import sys


def respond(document, **fields):
    for name, value in fields.items():
        print(f"{name.replace('_', '-')}: {value}")
    print()
    print(document, end="")


if os.environ["Http_Method"] != "POST":
    respond("Send a name with POST.\n", Status="405 Method Not Allowed", Allow="POST", Content_Type="text/plain")
    sys.exit()

name = sys.stdin.read()
if not name:
    respond("", Location="/hello/nobody")
    sys.exit()

respond(f"hello, {name}\n", Status="201 Created", Content_Type="text/plain", X_Path=os.environ["Http_Path"])
