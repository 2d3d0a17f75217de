#!/bin/sh
# The image's entry point: the runtime client as Lambda starts it or, where there is no Lambda,
# inside the Runtime Interface Emulator, which is mounted and never part of the image.
set -eu

emulator=/usr/local/bin/aws-lambda-rie

if [ -n "${AWS_LAMBDA_RUNTIME_API:-}" ]; then
  exec python -m awslambdaric "$@"
elif [ -x "$emulator" ]; then
  exec "$emulator" python -m awslambdaric "$@"
fi
echo "$0: outside Lambda this image needs the Runtime Interface Emulator, mount it with" >&2
echo "  docker run -v \"\$(python3 -m pipeline emulator):$emulator:ro\" -p 127.0.0.1:9000:8080 ..." >&2
exit 1
