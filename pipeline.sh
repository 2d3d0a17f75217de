#!/usr/bin/env bash
# Puts a machine-learning model on AWS Lambda: from a model directory to an HTTP API that predicts.
set -euo pipefail

HERE=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

usage() {
  cat <<'EOF'
Usage: bash pipeline.sh -s STAGE [-l] [-r] [-p [MODEL]] [-d] [-t] …
       bash pipeline.sh -b -p [MODEL] [-f FILE] [-w], or -n DIR [-p MODEL]
Steps, always in this order:
  -r          create or update the registry: an ECR repository, an S3 bucket
  -p [MODEL]  build the model's image, check it, push it, record the release
  -m FILE     in place of -p: only put the model's new file into the image
  -d          deploy the newest release and print the API's URL
  -t          send the golden request to the API and check the answer
  -k          show the API key
  -c          look for what will fail, and say what mends it
  -o [WHAT]   follow the log: all of it, a release, a call; dashboard; drift
  -x          delete the stage's stacks, after asking
  -b          with -p, not pushing: measure which memory to give the model
  -n DIR      write a model directory: that of a MODEL, or one to start from
Options:
  -s STAGE    dev, stage or prod
  -l          the local AWS on this machine: no account needed
  -f FILE     the Dockerfile to build from, a path in DIR
  -w          download the wheels here first; the build has no network then
  -i RELEASE  with -d: this one, previous, or what dev runs; alone: list them
  -y          answer yes; with -x also delete images and records
  -h          show this help
MODEL is a model directory (by default the current one), or a model's file:
  bash pipeline.sh -l -s dev -r -p ./xgboost-example -d -t
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

parse() {
  STAGE='' DIRECTORY='' DOCKERFILE='' RELEASE='' NEW='' FILE=''
  LOCAL='' REGISTRY='' PUSH='' WHEELS='' DEPLOY='' ASK='' KEY='' CHECK='' WATCH='' WHAT='' DELETE='' MEASURE='' LIST='' YES=''
  while [ $# -gt 0 ]; do
    [ "$1" != --help ] || { usage && exit 0; }
    OPTIND=1
    parse_flags "$@"
    shift $((OPTIND - 1))
    [ $# -gt 0 ] || break
    [ -z "$DIRECTORY" ] || bad_usage "more than one model directory: $DIRECTORY and $1"
    DIRECTORY=$1
    [ "${1#-}" = "$1" ] || DIRECTORY=./$1 # behind --, the end of flags
    shift
  done
}

parse_flags() {
  local flag
  while getopts ':s:lrpf:wm:di:tkxbn:yhco:' flag; do
    case $flag${OPTARG-unset} in [sfinm]) bad_usage "-$flag needs a value" ;; esac
    case $flag in
      s) STAGE=$OPTARG ;;
      l) LOCAL=1 ;;
      r) REGISTRY=1 ;;
      p) PUSH=1 ;;
      f) DOCKERFILE=$OPTARG ;;
      w) WHEELS=1 ;;
      m) FILE=$OPTARG ;;
      d) DEPLOY=1 ;;
      # Alone, or before other flags or the model, it lists the releases.
      i) case $OPTARG in [-./~]*) LIST=1 OPTIND=$((OPTIND - 1)) ;; *) RELEASE=$OPTARG ;; esac ;;
      t) ASK=1 ;;
      k) KEY=1 ;;
      c) CHECK=1 ;;
      o) WATCH=1 && case $OPTARG in [-./~]*) OPTIND=$((OPTIND - 1)) ;; *) WHAT=$OPTARG ;; esac ;;
      x) DELETE=1 ;;
      b) MEASURE=1 ;;
      n) NEW=$OPTARG ;;
      y) YES=1 ;;
      h) usage && exit 0 ;;
      :) case $OPTARG in i) LIST=1 ;; o) WATCH=1 ;; *) bad_usage "-$OPTARG needs a value" ;; esac ;;
      *) bad_usage "unknown flag -$OPTARG" ;;
    esac
  done
}

check_usage() {
  case $STAGE in
    dev | stage | prod) ;;
    '') [ -n "$MEASURE$NEW" ] || bad_usage "give the stage: -s dev, -s stage or -s prod" ;;
    *) bad_usage "the stage is dev, stage or prod, not '$STAGE'" ;;
  esac
  [ -z "$MEASURE" ] || [ -z "$REGISTRY$DEPLOY$ASK$KEY$CHECK$WATCH$DELETE" ] || bad_usage "-b goes with -p, -f and -w only: leave -r, -d, -t and -x out"
  [ -z "$MEASURE" ] || [ -n "$PUSH" ] || bad_usage "-b goes with -p and the model directory, as in: bash pipeline.sh -b -p ./xgboost-example"
  [ -z "$NEW" ] || [ -z "$STAGE$REGISTRY$DEPLOY$ASK$KEY$CHECK$WATCH$DELETE$MEASURE" ] || bad_usage "-n goes with -p only: write the directory, then deploy it"
  [ -z "$LIST" ] || [ -z "$NEW$REGISTRY$PUSH$DEPLOY$ASK$KEY$CHECK$WATCH$DELETE$MEASURE" ] || bad_usage "-i without a release lists them, and goes with no other step"
  [ -n "$NEW$REGISTRY$PUSH$FILE$DEPLOY$ASK$KEY$CHECK$WATCH$DELETE$LIST" ] || bad_usage "nothing to do: give a step, -r -p -d -t or -x"
  [ -z "$DELETE" ] || [ -z "$REGISTRY$PUSH$DEPLOY$ASK$KEY$CHECK$WATCH" ] || bad_usage "-x goes with no other step"
  [ -z "$DOCKERFILE$WHEELS" ] || [ -n "$PUSH" ] || bad_usage "-f and -w go with -p"
  [ -z "$RELEASE" ] || { [ -n "$DEPLOY" ] && [ -z "$PUSH" ]; } || bad_usage "-i goes with -d and deploys a release that is there: leave -p out"
  [ -z "$FILE" ] || { [ -z "$PUSH$LIST$DELETE$RELEASE$NEW" ] && [ -f "$FILE" ]; } || bad_usage "-m takes the model's new file, and goes with -r, -d and -t"
  [ -z "$DIRECTORY" ] || [ -e "$DIRECTORY" ] || die "there is no file or directory $DIRECTORY"
}

# What a step prints is its result: -p the release's name, -d the API's URL, -t the answer.
step() {
  python3 "$HERE/pipeline" "$@" --stage "$STAGE" --scratch "$SCRATCH" ${LOCAL:+--local "$LOCAL"} ${DIRECTORY:+"$DIRECTORY"}
}

main() {
  parse "$@"
  check_usage
  type -P python3 >/dev/null || die "python3 is missing. Install Python 3.9 or newer, on Debian: apt-get install python3"
  local build=(${DOCKERFILE:+--dockerfile "$DOCKERFILE"} ${WHEELS:+--wheels})
  [ -z "$MEASURE" ] || exec python3 "$HERE/pipeline" measure ${build[@]+"${build[@]}"} ${DIRECTORY:+"$DIRECTORY"}
  [ -z "$NEW" ] || exec python3 "$HERE/pipeline" new --into "$NEW" ${DIRECTORY:+"$DIRECTORY"}
  mkdir -p "$HERE/.build" || die "$HERE/.build cannot be made: the pipeline needs a folder that it can write to"
  SCRATCH=$(mktemp -d "$HERE/.build/run-XXXXXXXX")
  trap 'rm -rf "$SCRATCH"' EXIT
  [ -z "$LOCAL" ] || { printf '\n== Local AWS\n' >&2 && LOCAL=$("$HERE/local/aws" file); }
  [ -z "$REGISTRY" ] || step registry ${PUSH:+--check-model} ${build[@]+"${build[@]}"}
  [ -z "$PUSH" ] || RELEASE=$(step push ${build[@]+"${build[@]}"})
  [ -z "$FILE" ] || RELEASE=$(step swap --weights "$FILE")
  [ -z "$DEPLOY" ] || step deploy ${RELEASE:+--release "$RELEASE"} ${YES:+--yes}
  [ -z "$ASK" ] || step ask
  [ -z "$KEY" ] || step key
  [ -z "$CHECK" ] || step check-up
  [ -z "$LIST" ] || step releases
  [ -z "$WATCH" ] || step observe ${WHAT:+--watched "$WHAT"}
  [ -z "$DELETE" ] || step delete ${YES:+--yes}
  printf '\n== Done in %d s\n' "$SECONDS" >&2
}

main "$@"
