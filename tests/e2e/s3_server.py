"""s3_server.py BUCKET [HEADER...]: a store of the S3 kind on a free port, until standard input ends.

Prints its address. With HEADERs it takes no notice of them in requests, as servers without conditional writes do.
"""

import os
import sys

# The server's client wants some; the server takes any.
os.environ.setdefault("AWS_ACCESS_KEY_ID", "kunci-uji")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "rahasia-uji")

import logging
import threading

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server


def main(bucket, *deaf_to):
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = DomainDispatcherApplication(create_backend_app)
    deaf = ["HTTP_" + header.upper().replace("-", "_") for header in deaf_to]

    def answer(environ, start_response):
        for header in deaf:
            environ.pop(header, None)
        return application(environ, start_response)

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.port}"
    boto3.client("s3", endpoint_url=url, region_name="us-east-1").create_bucket(Bucket=bucket)
    print(url, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
