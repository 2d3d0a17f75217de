#!/bin/sh
# The emulator around the function where there is no Lambda, as AWS's own base images do it.
set -eu
if [ -z "${AWS_LAMBDA_RUNTIME_API:-}" ]; then
  exec /usr/local/bin/aws-lambda-rie python3 /var/task/function.py
fi
exec python3 /var/task/function.py
