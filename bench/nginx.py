"""nginx as a function, as a proxy and as a server of files: one worker each, which keeps its connections open."""

import os

from measure import Nginx, free_port

MAIN = """
worker_processes 1;
daemon off;
pid {folder}/{name}.pid;
error_log {folder}/{name}.err;
events {{ worker_connections {most}; }}
http {{
    access_log {log};
    client_body_temp_path {folder}/{name}-body;
    proxy_temp_path {folder}/{name}-proxy;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    {http}
}}
"""
FUNCTION = """
    sendfile on;
    tcp_nopush on;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        root {folder}/files;
        location = /32 {{ default_type text/plain; return 200 "{text}"; }}
    }}
"""
PROXY = """
    client_max_body_size 0;
    upstream function {{
        server 127.0.0.1:{upstream};
        keepalive {keepalive};
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{
            proxy_pass http://function;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            {buffers}
        }}
    }}
"""
GRPC = """
    upstream function {{
        server 127.0.0.1:{upstream};
        keepalive {keepalive};
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{port} http2 backlog=4096;
        http2_max_concurrent_streams 250;
        location / {{ grpc_pass grpc://function; }}
    }}
"""
# With its own defaults it writes a part of a response of 1 MiB to a file first; these hold it in memory.
BUFFERS = "proxy_buffers 16 64k; proxy_busy_buffers_size 128k; proxy_max_temp_file_size 0;"
FILES = """
    sendfile on;
    tcp_nopush on;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        root {folder}/files;
    }}
"""


def start(name, folder, http, log, most):
    file_name = name.replace(" ", "-")
    path, errors, calls = (os.path.join(folder, file_name + end) for end in (".conf", ".err", ".log"))
    with open(path, "w") as file:
        file.write(MAIN.format(name=file_name, folder=folder, http=http, most=most, log=calls if log else "off"))
    return Nginx(name, ["nginx", "-e", errors, "-c", path, "-p", folder])


def write_files(folder, sizes):
    os.makedirs(os.path.join(folder, "files"))
    # nginx gives up root's rights in its worker, which must be able to read the files.
    os.chmod(folder, 0o755)
    for size in sizes:
        with open(os.path.join(folder, "files", str(size)), "wb") as file:
            # Larger ones are left sparse: they are read from memory, and take no disk.
            file.write(b"x" * min(size, 1 << 20))
            file.truncate(size)


def function(folder, most=4096):
    """Answers /32 by itself, and all else with the file of that name; its log is off."""
    port = free_port()
    return start("function", folder, FUNCTION.format(folder=folder, port=port, text="x" * 32), False, most), port


def proxy(name, folder, upstream, buffers, most=4096):
    port = free_port()
    http = PROXY.format(port=port, upstream=upstream, keepalive=most // 2, buffers=BUFFERS if buffers else "")
    return start(name, folder, http, True, most), port


def grpc(folder, upstream, most=4096):
    """As a proxy of gRPC: HTTP/2 on both sides, with as many streams a connection as the watchdog permits."""
    port = free_port()
    http = GRPC.format(port=port, upstream=upstream, keepalive=most // 2)
    return start("nginx", folder, http, True, most), port


def files(folder, most=4096):
    port = free_port()
    return start("nginx", folder, FILES.format(folder=folder, port=port), True, most), port
