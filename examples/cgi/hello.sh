#!/bin/sh
# A function of cgi_response: fields, an empty line, a document.
if [ "$Http_Method" != POST ]; then
  printf 'Status: 405 Method Not Allowed\nAllow: POST\nContent-Type: text/plain\n\nSend a name with POST.\n'
  exit
fi
name=$(cat)
if [ -z "$name" ]; then
  printf 'Location: /hello/nobody\n\n'
  exit
fi
printf 'Status: 201 Created\nContent-Type: text/plain\nX-Path: %s\n\nhello, %s\n' "$Http_Path" "$name"
