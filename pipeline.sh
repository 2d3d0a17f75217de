#!/usr/bin/env bash
# Puts a machine-learning model on AWS Lambda: from a model directory to an HTTP API that predicts.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOOLS=$HERE/tools
export BUILDX_NO_DEFAULT_ATTESTATIONS=1 # an image with attestations is an index, which Lambda refuses

# shellcheck source=steps/stacks.sh
. "$HERE/steps/stacks.sh"
# shellcheck source=steps/registry.sh
. "$HERE/steps/registry.sh"
# shellcheck source=steps/push.sh
. "$HERE/steps/push.sh"
# shellcheck source=steps/release.sh
. "$HERE/steps/release.sh"
# shellcheck source=steps/deploy.sh
. "$HERE/steps/deploy.sh"
# shellcheck source=steps/delete.sh
. "$HERE/steps/delete.sh"
# shellcheck source=steps/measure.sh
. "$HERE/steps/measure.sh"

usage() {
  cat <<'EOF'
Usage: bash pipeline.sh -s STAGE [-l] [-r] [-p [DIR]] [-f DOCKERFILE] [-w] [-d] [-i RELEASE] [-t]
       bash pipeline.sh -s STAGE [-l] -x [-y] [DIR]
       bash pipeline.sh -b -p [DIR] [-f DOCKERFILE] [-w]

Steps, in this order whatever the order of the flags:
  -r             create or update the registry: an ECR repository and an S3 bucket
  -p [DIR]       build the model's image, check it under the emulator, push it, record the release
  -d             deploy the newest release and print the API's URL
  -t             send the model's example to the deployed API and check the answer
  -x             delete the stage's stacks, after asking
  -b             with -p, and instead of pushing: measure the image with 512 to 3,008 MB of memory, and
                 print times, prices and the MEMORY_SIZE to take; needs no AWS and no stage

Options:
  -s STAGE       dev, stage or prod
  -l             use the local AWS on this machine: no account needed
  -f DOCKERFILE  build from this file of the directory (default: Dockerfile)
  -w             download the wheels on this machine first; the image is then built without network
  -i RELEASE     deploy this release instead of the newest
  -y             answer yes; with -x also delete images and release records
  -h             show this help

DIR is the model directory, the current one if it is not given. It names the model; for steps other
than -p the exported variables TEMPLATE_REGISTRY, TEMPLATE_LAMBDA and PREFIX_LAMBDA can do so instead.

Examples:
  bash pipeline.sh -l -s dev -r -p ./xgboost-example -d -t
  bash pipeline.sh -s dev -d -i 20260131T120000Z-0123456789abcdef ./xgboost-example
EOF
}

die() {
  printf 'pipeline: %s\n' "$*" >&2
  exit 1
}

bad_usage() {
  usage >&2
  printf '\npipeline: %s\n' "$*" >&2
  exit 2
}

say() { printf '\n== %s\n' "$*" >&2; }

# Every command of AWS and Docker is shown before it runs, also where its errors are read here.
exec 3>&2

echo_command() {
  printf '+' >&3
  printf ' %q' "$@" >&3
  printf '\n' >&3
}

run() {
  echo_command "$@"
  "$@"
}

aws() {
  echo_command aws "$@"
  command aws "$@"
}

docker() {
  echo_command docker "$@"
  command docker "$@"
}

# The command that runs this step for the same model.
step() {
  printf 'bash pipeline.sh -s %s %s%s' "$STAGE" "${LOCAL:+-l }" "$1"
  [ -z "$DIRECTORY" ] || printf ' %q' "$DIRECTORY"
}

# --- What is asked for ---------------------------------------------------------------------------

parse() {
  STAGE='' DIRECTORY='' DOCKERFILE='' WANTED_RELEASE=''
  LOCAL='' REGISTRY='' PUSH='' WHEELS='' DEPLOY='' TRY='' DELETE='' MEASURE='' YES=''
  IS_CHECKED='' PUSHED_RELEASE=''
  while [ $# -gt 0 ]; do
    [ "$1" != --help ] || { usage && exit 0; }
    OPTIND=1
    parse_flags "$@"
    shift $((OPTIND - 1))
    [ $# -gt 0 ] || break
    [ -z "$DIRECTORY" ] || bad_usage "more than one model directory: $DIRECTORY and $1"
    case $1 in
      -*) DIRECTORY=./$1 ;; # behind --, the end of flags
      *) DIRECTORY=$1 ;;
    esac
    shift
  done
}

parse_flags() {
  local flag
  while getopts ':s:lrpf:wdi:txbyh' flag; do
    case $flag${OPTARG-unset} in [sfi]) bad_usage "-$flag needs a value" ;; esac
    case $flag in
      s) STAGE=$OPTARG ;;
      l) LOCAL=1 ;;
      r) REGISTRY=1 ;;
      p) PUSH=1 ;;
      f) DOCKERFILE=$OPTARG ;;
      w) WHEELS=1 ;;
      d) DEPLOY=1 ;;
      i) WANTED_RELEASE=$OPTARG ;;
      t) TRY=1 ;;
      x) DELETE=1 ;;
      b) MEASURE=1 ;;
      y) YES=1 ;;
      h) usage && exit 0 ;;
      :) bad_usage "-$OPTARG needs a value" ;;
      *) bad_usage "unknown flag -$OPTARG" ;;
    esac
  done
}

check_usage() {
  case $STAGE in
    dev | stage | prod) ;;
    '') [ -n "$MEASURE" ] || bad_usage "give the stage: -s dev, -s stage or -s prod" ;;
    *) bad_usage "the stage is dev, stage or prod, not '$STAGE'" ;;
  esac
  if [ -n "$MEASURE" ]; then
    [ -z "$REGISTRY$DEPLOY$TRY$DELETE" ] || bad_usage "-b goes with -p, -f and -w only: leave -r, -d, -t and -x out"
    [ -n "$PUSH" ] || bad_usage "-b goes with -p and the model directory, as in: bash pipeline.sh -b -p ./xgboost-example"
  fi
  [ -n "$REGISTRY$PUSH$DEPLOY$TRY$DELETE" ] || bad_usage "nothing to do: give a step, -r -p -d -t or -x"
  [ -z "$DELETE" ] || [ -z "$REGISTRY$PUSH$DEPLOY$TRY" ] || bad_usage "-x goes with no other step"
  [ -z "$DOCKERFILE$WHEELS" ] || [ -n "$PUSH" ] || bad_usage "-f and -w go with -p"
  [ -z "$WANTED_RELEASE" ] || [ -n "$DEPLOY" ] || bad_usage "-i goes with -d"
  [[ $WANTED_RELEASE =~ ^([0-9]{8}T[0-9]{6}Z-[0-9a-f]+)?$ ]] ||
    bad_usage "a release is named as in 20260131T120000Z-0123456789abcdef, not '$WANTED_RELEASE'"
  [ -z "$WANTED_RELEASE" ] || [ -z "$PUSH" ] || bad_usage "-i deploys an earlier release: leave -p out"
}

# --- What it is done with ------------------------------------------------------------------------

need() { type -P "$1" >/dev/null || die "$1 is missing. $2"; }

find_model() {
  need python3 "Install Python 3.9 or newer, on Debian: apt-get install python3"
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' ||
    die "python3 is $(python3 -V 2>&1); the pipeline needs 3.9 or newer"
  if [ -n "$PUSH$DIRECTORY" ] || [ -z "${TEMPLATE_REGISTRY:-}" ] || [ -z "${TEMPLATE_LAMBDA:-}" ]; then
    DIRECTORY=${DIRECTORY:-.}
    [ -d "$DIRECTORY" ] || die "there is no directory $DIRECTORY"
    [ -z "$DOCKERFILE" ] || [ -f "$DIRECTORY/$DOCKERFILE" ] ||
      die "$DIRECTORY has no $DOCKERFILE: -f takes the path of a Dockerfile in the model directory"
    DOCKERFILE=${DOCKERFILE:-Dockerfile}
    [ -f "$DIRECTORY/$DOCKERFILE" ] ||
      die "$DIRECTORY has no Dockerfile: it is not a model directory. Name one behind the flags, as in: bash pipeline.sh ${STAGE:+-s $STAGE }… ./xgboost-example"
  fi
  local names
  names=$(python3 "$TOOLS/settings.py" names ${DIRECTORY:+"$DIRECTORY"})
  eval "$names"
  MODEL_SETTINGS=$(python3 "$TOOLS/settings.py" model ${DIRECTORY:+"$DIRECTORY"})
  if [ -n "$PUSH" ]; then
    BUILD_ARGUMENTS=$(python3 "$TOOLS/build_arguments.py" "$DIRECTORY" "$DOCKERFILE")
    python3 "$TOOLS/example.py" "$DIRECTORY/example.json" >/dev/null
  fi
}

find_aws() {
  if [ -n "$LOCAL" ]; then
    say "Local AWS"
    "$HERE/local/aws" start >&2 3>&- # what it leaves running must not hold the terminal
    local environment
    environment=$("$HERE/local/aws" env)
    eval "$environment"
  elif [ -n "${AWS_ENDPOINT_URL:-}" ]; then
    die "AWS_ENDPOINT_URL is set, to $AWS_ENDPOINT_URL: for the local AWS give -l, for AWS unset it"
  fi
  need aws "Install the AWS CLI (https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html), or use -l"
  export AWS_PAGER='' AWS_DEFAULT_REGION=${AWS_REGION:-${AWS_DEFAULT_REGION:-}} # version 1 reads no AWS_REGION
  [ -n "$AWS_DEFAULT_REGION" ] || AWS_DEFAULT_REGION=$(aws configure get region) ||
    die "no AWS region is set. Set one: export AWS_REGION=us-east-1"
  check_credentials
}

check_credentials() {
  local problem
  problem=$(aws sts get-caller-identity 2>&1 >/dev/null) && return
  printf '%s\n' "$problem" >&2
  case $problem in
    *xpired*) die "the AWS credentials have expired. Renew them: aws sso login${AWS_PROFILE:+ --profile $AWS_PROFILE}, or aws configure" ;;
    *ould\ not\ connect*) die "AWS cannot be reached. Check the network${AWS_ENDPOINT_URL:+ and $AWS_ENDPOINT_URL}, then run the same command again" ;;
    *) die "AWS does not accept the credentials. Set them: aws configure, or export AWS_PROFILE=…; without an account, use -l" ;;
  esac
}

# A folder for this run alone, so that two runs at once do not share a build context.
make_scratch() {
  local build=$HERE/.build
  mkdir -p "$build" || die "$build cannot be made: the pipeline needs a folder that it can write to"
  find "$build" -maxdepth 1 -name 'run-*' -mtime +0 -exec rm -rf {} + || true # left by runs that were killed
  SCRATCH=$(mktemp -d "$build/run-XXXXXXXX")
  trap 'rm -rf "$SCRATCH"' EXIT
}

# --- What is done ----------------------------------------------------------------------------------

main() {
  parse "$@"
  check_usage
  find_model
  make_scratch
  [ -z "$MEASURE" ] || measure_model # and no more
  find_aws
  [ -z "$REGISTRY" ] || deploy_registry
  [ -z "$PUSH" ] || push_model
  [ -z "$DEPLOY" ] || deploy_model
  [ -z "$TRY" ] || try_api
  [ -z "$DELETE" ] || delete_stage
}

main "$@"
