#!/usr/bin/env bash
# Puts a machine-learning model on AWS Lambda: from a model directory to an HTTP API that predicts.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOOLS=$HERE/tools
POLL_SECONDS=2
export BUILDX_NO_DEFAULT_ATTESTATIONS=1 # an image with attestations is an index, which Lambda refuses

usage() {
  cat <<'EOF'
Usage: bash pipeline.sh -s STAGE [-l] [-r] [-p [DIR]] [-f DOCKERFILE] [-w] [-d] [-i RELEASE] [-t]
       bash pipeline.sh -s STAGE [-l] -x [-y] [DIR]

Steps, in this order whatever the order of the flags:
  -r             create or update the registry: an ECR repository and an S3 bucket
  -p [DIR]       build the model's image, check it under the emulator, push it, record the release
  -d             deploy the newest release and print the API's URL
  -t             send the model's example to the deployed API and check the answer
  -x             delete the stage's stacks, after asking

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
  printf 'pipeline: %s\n\n' "$*" >&2
  usage >&2
  exit 2
}

say() { printf '\n== %s\n' "$*" >&2; }

run() {
  printf '+' >&2
  printf ' %q' "$@" >&2
  printf '\n' >&2
  "$@"
}

# The command that runs this step for the same model.
step() { printf 'bash pipeline.sh -s %s %s%s' "$STAGE" "${LOCAL:+-l }" "$1${DIRECTORY:+ $DIRECTORY}"; }

# --- What is asked for ---------------------------------------------------------------------------

parse() {
  STAGE='' DIRECTORY='' DOCKERFILE=Dockerfile WANTED_RELEASE='' WHEELHOUSE=${WHEELHOUSE:-}
  LOCAL='' REGISTRY='' PUSH='' DEPLOY='' TRY='' DELETE='' YES=''
  while [ $# -gt 0 ]; do
    OPTIND=1
    parse_flags "$@"
    shift $((OPTIND - 1))
    [ $# -gt 0 ] || break
    [ -z "$DIRECTORY" ] || bad_usage "more than one model directory: $DIRECTORY and $1"
    DIRECTORY=$1
    shift
  done
}

parse_flags() {
  local flag
  while getopts ':s:lrpf:wdi:txyh' flag; do
    case $flag in
      s) STAGE=$OPTARG ;;
      l) LOCAL=1 ;;
      r) REGISTRY=1 ;;
      p) PUSH=1 ;;
      f) DOCKERFILE=$OPTARG ;;
      w) WHEELHOUSE=1 ;;
      d) DEPLOY=1 ;;
      i) WANTED_RELEASE=$OPTARG ;;
      t) TRY=1 ;;
      x) DELETE=1 ;;
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
    '') bad_usage "give the stage: -s dev, -s stage or -s prod" ;;
    *) bad_usage "the stage is dev, stage or prod, not '$STAGE'" ;;
  esac
  [ -n "$REGISTRY$PUSH$DEPLOY$TRY$DELETE" ] || bad_usage "nothing to do: give a step, -r -p -d -t or -x"
  [ -z "$DELETE" ] || [ -z "$REGISTRY$PUSH$DEPLOY$TRY" ] || bad_usage "-x goes with no other step"
  [ -z "$WANTED_RELEASE" ] || [ -n "$DEPLOY" ] || bad_usage "-i goes with -d"
  [ -z "$WANTED_RELEASE" ] || [ -z "$PUSH" ] || bad_usage "-i deploys an earlier release: leave -p out"
}

# --- What it is done with ------------------------------------------------------------------------

need() { command -v "$1" >/dev/null 2>&1 || die "$1 is missing. $2"; }

find_model() {
  need python3 "Install Python 3.9 or newer, on Debian: apt-get install python3"
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' ||
    die "python3 is $(python3 -V 2>&1); the pipeline needs 3.9 or newer"
  if [ -n "$PUSH$DIRECTORY" ] || [ -z "${TEMPLATE_REGISTRY:-}" ] || [ -z "${TEMPLATE_LAMBDA:-}" ]; then
    DIRECTORY=${DIRECTORY:-.}
    [ -d "$DIRECTORY" ] || die "there is no directory $DIRECTORY"
    [ -f "$DIRECTORY/$DOCKERFILE" ] ||
      die "$DIRECTORY has no $DOCKERFILE: it is not a model directory. Name one, as in: bash pipeline.sh -s $STAGE -p ./xgboost-example"
  fi
  local names
  names=$(python3 "$TOOLS/settings.py" names ${DIRECTORY:+"$DIRECTORY"})
  eval "$names"
  MODEL_SETTINGS=$(python3 "$TOOLS/settings.py" model ${DIRECTORY:+"$DIRECTORY"})
  if [ -n "$PUSH" ]; then
    BUILD_ARGUMENTS=$(python3 "$TOOLS/build_arguments.py" "$DIRECTORY" "$DOCKERFILE")
    python3 "$TOOLS/example.py" "$DIRECTORY/example.json"
  fi
}

find_aws() {
  if [ -n "$LOCAL" ]; then
    say "Local AWS"
    "$HERE/local/aws" start >&2
    local environment
    environment=$("$HERE/local/aws" env)
    eval "$environment"
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

# --- Stacks --------------------------------------------------------------------------------------

# stack STACK QUERY: a piece of the stack's description as text; NONE where there is no such stack.
stack() {
  local answer
  if answer=$(aws cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].$2" --output text 2>&1); then
    printf '%s\n' "$answer"
  elif [ "${answer#*does not exist}" != "$answer" ]; then
    printf 'NONE\n'
  else
    die "the stack $1 cannot be read: $answer"
  fi
}

stack_outputs() { stack "$1" 'Outputs[].[OutputKey,OutputValue]'; }

# output OUTPUTS KEY: one value of what stack_outputs printed.
output() { awk -F '\t' -v key="$2" '$1 == key { print $2 }' <<<"$1"; }

# The stack's status once nothing is in progress: an interrupted run may have left something going.
settled_status() {
  local status
  status=$(stack "$1" StackStatus) || exit 1
  while [ "${status%_IN_PROGRESS}" != "$status" ] && [ "$status" != REVIEW_IN_PROGRESS ]; do
    printf 'waiting for the stack %s: %s\n' "$1" "$status" >&2
    sleep "$POLL_SECONDS"
    status=$(stack "$1" StackStatus) || exit 1
  done
  printf '%s\n' "$status"
}

# Brings the stack into a state that it can be deployed from.
settle_stack() {
  local status
  status=$(settled_status "$1")
  case $status in
    ROLLBACK_COMPLETE | ROLLBACK_FAILED | CREATE_FAILED)
      say "The stack $1 was never created ($status): deleting what is left of it"
      delete_stack "$1"
      ;;
    UPDATE_ROLLBACK_FAILED)
      run aws cloudformation continue-update-rollback --stack-name "$1"
      settled_status "$1" >/dev/null
      ;;
    DELETE_FAILED) die "the stack $1 is half deleted. Finish that first: $(step '-x -y')" ;;
  esac
}

# deploy_stack STACK TEMPLATE PARAMETER=VALUE…
deploy_stack() {
  local name=$1 template=$2
  shift 2
  settle_stack "$name"
  run aws cloudformation deploy --stack-name "$name" --template-file "$template" \
    --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --no-fail-on-empty-changeset \
    --parameter-overrides "$@" >&2 || show_failure "$name"
}

show_failure() {
  settled_status "$1" >&2
  aws cloudformation describe-stack-events --stack-name "$1" --output text \
    --query "StackEvents[?contains(ResourceStatus, 'FAILED')].[LogicalResourceId, ResourceStatusReason] | [:5]" >&2 || true
  die "the stack $1 was not deployed; the reason stands above. What ran before still runs. Mend the cause and run the same command again"
}

delete_stack() {
  run aws cloudformation delete-stack --stack-name "$1"
  local status
  status=$(settled_status "$1")
  case $status in
    NONE | DELETE_COMPLETE) ;;
    *) die "the stack $1 was not deleted ($status). See why: aws cloudformation describe-stack-events --stack-name $1" ;;
  esac
}

# --- -r: the registry ----------------------------------------------------------------------------

deploy_registry() {
  say "Registry: stack $TEMPLATE_REGISTRY-$STAGE"
  deploy_stack "$TEMPLATE_REGISTRY-$STAGE" "$HERE/registry.yaml" "Project=$REGISTRY_PROJECT" "Stage=$STAGE"
}

find_registry() {
  local outputs
  outputs=$(stack_outputs "$TEMPLATE_REGISTRY-$STAGE")
  REPOSITORY_URI=$(output "$outputs" RepositoryUri)
  REPOSITORY=$(output "$outputs" RepositoryName)
  BUCKET=$(output "$outputs" BucketName)
  RELEASES=s3://$BUCKET/$PREFIX_LAMBDA/releases
  [ -n "$REPOSITORY_URI" ] || die "stage $STAGE has no registry (stack $TEMPLATE_REGISTRY-$STAGE). Create it: $(step -r)"
}

# --- -p: the image and its release ---------------------------------------------------------------

push_model() {
  say "Push: $DIRECTORY"
  eval "$MODEL_SETTINGS"
  find_registry
  local context tag image manifest
  context=$(python3 "$TOOLS/stage.py" "$DIRECTORY" -f "$DOCKERFILE")
  tag=$(python3 "$TOOLS/fingerprint.py" "$context" "$DOCKERFILE" "$ARCHITECTURE" "$BUILD_ARGUMENTS")
  image=$REPOSITORY_URI:$tag
  manifest=$(repository_image "$tag" imageManifest)
  if [ "$manifest" = None ]; then
    build_image "$image" "$context"
    check_image "$image"
    upload_image "$image"
    manifest=$(repository_image "$tag" imageManifest)
  else
    printf 'unchanged: %s is in the repository\n' "$image" >&2
  fi
  python3 "$TOOLS/manifest.py" <<<"$manifest" || refuse_image "$tag"
  record_release "$tag"
}

# repository_image TAG FIELD: a field of the image in the repository; None where the tag is not there.
repository_image() {
  aws ecr batch-get-image --repository-name "$REPOSITORY" --image-ids "imageTag=$1" --query "images[0].$2" --output text
}

build_image() {
  say "Build: $1"
  "$TOOLS/engine" >&2
  local argument platform=linux/amd64
  [ "$ARCHITECTURE" = x86_64 ] || platform=linux/arm64
  local options=(--platform "$platform" --file "$2/$DOCKERFILE" --tag "$1")
  while IFS= read -r argument; do
    [ -z "$argument" ] || options+=(--build-arg "$argument")
  done <<<"$BUILD_ARGUMENTS"
  choose_base "$2/$DOCKERFILE"
  [ -z "$LOCAL_BASE" ] || options+=(--build-arg "BASE_IMAGE=$LOCAL_BASE")
  [ -z "$WHEELHOUSE" ] || run python3 "$TOOLS/wheelhouse.py" "$2/app/requirements.txt" "$2/wheels" \
    --python "$RUNTIME_VERSION" --architecture "$ARCHITECTURE" >&2
  run docker build "${options[@]}" "$2" >&2 || die "the image was not built; the reason stands above. Nothing was pushed"
}

# Sets LOCAL_BASE where the Dockerfile leaves the base open and no registry has the usual one.
choose_base() {
  LOCAL_BASE=''
  local base=python:$RUNTIME_VERSION-slim-bookworm
  grep -q '^ARG BASE_IMAGE' "$1" && [ "${BUILD_ARGUMENTS#*BASE_IMAGE=}" = "$BUILD_ARGUMENTS" ] || return 0
  docker image inspect "$base" >/dev/null 2>&1 && return
  run docker pull "$base" >&2 && return
  say "No registry has $base within reach: making a base image from Debian's packages instead"
  LOCAL_BASE=$("$TOOLS/base_image" "$RUNTIME_VERSION")
}

check_image() {
  say "Check: $1 must answer example.json under the Lambda Runtime Interface Emulator"
  local rie
  rie=$(python3 "$TOOLS/rie.py" "$ARCHITECTURE")
  with_settings python3 "$TOOLS/image_check.py" "$1" "$DIRECTORY/example.json" "$rie" ||
    die "the image fails as Lambda would run it; the reason stands above. Nothing was pushed"
}

# Runs a command with the model's settings in its environment, and in no other's.
with_settings() {
  (
    set -a
    eval "$MODEL_SETTINGS"
    export PROJECT
    "$@"
  )
}

upload_image() {
  say "Upload: $1"
  aws ecr get-login-password | run docker login --username AWS --password-stdin "${REPOSITORY_URI%%/*}" >&2
  run docker push "$1" >&2 || die "the image was not pushed; the reason stands above. Run the same command again"
}

refuse_image() {
  run aws ecr batch-delete-image --repository-name "$REPOSITORY" --image-ids "imageTag=$1" >&2
  die "Lambda would refuse the image, so it was removed from the repository and there is no release of it"
}

record_release() {
  local newest digest unless=()
  newest=$(release_keys | tail -n 1)
  digest=$(repository_image "$1" imageId.imageDigest)
  if [ -n "$newest" ]; then
    fetch_record "$newest"
    unless=(--unless-same-as "$RECORD")
  fi
  with_settings python3 "$TOOLS/release.py" record --digest "$digest" --tag "$1" --dockerfile "$DOCKERFILE" \
    --example "$DIRECTORY/example.json" ${unless[@]+"${unless[@]}"} >"$SCRATCH/new.json"
  if [ ! -s "$SCRATCH/new.json" ]; then
    printf 'unchanged: %s is the newest release\n' "$newest" >&2
    return
  fi
  eval "$(python3 "$TOOLS/release.py" show "$SCRATCH/new.json")"
  run aws s3 cp --only-show-errors "$SCRATCH/new.json" "$RELEASES/$RELEASE_NAME.json"
  say "Released: $RELEASE_NAME"
}

# The releases' names, oldest first.
release_keys() {
  aws s3api list-objects-v2 --bucket "$BUCKET" --prefix "$PREFIX_LAMBDA/releases/" --query 'Contents[].Key' --output text |
    tr '\t' '\n' | sed -n 's|.*/\(.*\)\.json$|\1|p' | sort
}

# Fetches a release's record to the file $RECORD.
fetch_record() {
  RECORD=$SCRATCH/$1.json
  run aws s3 cp --only-show-errors "$RELEASES/$1.json" "$RECORD" ||
    die "there is no release $1. The newest ones: $(release_keys | tail -n 5 | tr '\n' ' ')"
}

# --- -d: the function and its API ----------------------------------------------------------------

deploy_model() {
  say "Deploy: stack $TEMPLATE_LAMBDA-$STAGE"
  find_registry
  local release=$WANTED_RELEASE parameters=() parameter
  [ -n "$release" ] || release=$(release_keys | tail -n 1)
  [ -n "$release" ] || die "nothing was pushed for stage $STAGE yet. Push the model: $(step -p)"
  fetch_record "$release"
  eval "$(python3 "$TOOLS/release.py" show "$RECORD")"
  check_release_image
  python3 "$TOOLS/release.py" parameters "$RECORD" --stage "$STAGE" --repository-uri "$REPOSITORY_URI" \
    --template "$HERE/template.yaml" >"$SCRATCH/parameters"
  while IFS= read -r parameter; do parameters+=("$parameter"); done <"$SCRATCH/parameters"
  deploy_stack "$TEMPLATE_LAMBDA-$STAGE" "$HERE/template.yaml" "${parameters[@]}"
  find_api
  check_live
  remove_retired_images
  show_api
}

check_release_image() {
  local found
  found=$(aws ecr batch-get-image --repository-name "$REPOSITORY" --image-ids "imageDigest=$RELEASE_DIGEST" --query 'images[0].imageId.imageDigest' --output text)
  [ "$found" = "$RELEASE_DIGEST" ] || die "the image of release $RELEASE_NAME is no longer in the repository. Push the model again: $(step -p)"
}

find_api() {
  local outputs
  outputs=$(stack_outputs "$TEMPLATE_LAMBDA-$STAGE")
  [ "$outputs" != NONE ] || die "nothing is deployed in stage $STAGE. Deploy: $(step -d)"
  API_URL=$(output "$outputs" ApiUrl)
  [ -z "$LOCAL" ] || API_URL=$AWS_ENDPOINT_URL/restapis/$(output "$outputs" ApiId)/$STAGE/_user_request_$(output "$outputs" ApiPath)
  FUNCTION=$(output "$outputs" FunctionName)
  LIVE_RELEASE=$(output "$outputs" Release)
}

# A deploy that reports success and changes nothing is an error: the alias must run the release's image.
check_live() {
  local image
  image=$(aws lambda get-function --function-name "$FUNCTION" --qualifier live --query Code.ResolvedImageUri --output text)
  [ "${image#*@}" = "$RELEASE_DIGEST" ] || die "the alias live of $FUNCTION runs $image, not $RELEASE_DIGEST of release $RELEASE_NAME"
  [ "$LIVE_RELEASE" = "$RELEASE_NAME" ] || die "the stack is at release $LIVE_RELEASE, not at $RELEASE_NAME"
}

# Images beyond the newest 30 releases go, but never the one that is deployed.
remove_retired_images() {
  local tag
  release_keys | python3 "$TOOLS/release.py" retired --deployed "$RELEASE_NAME" >"$SCRATCH/retired"
  while IFS= read -r tag; do
    run aws ecr batch-delete-image --repository-name "$REPOSITORY" --image-ids "imageTag=$tag" --output text >&2
  done <"$SCRATCH/retired"
}

show_api() {
  say "Live: release $LIVE_RELEASE of $FUNCTION. Try it:"
  printf "curl -H 'Content-Type: application/json' -d '%s' %s\n" "$RELEASE_REQUEST" "$API_URL" >&2
  printf '%s\n' "$API_URL"
}

# --- -t: one real request ------------------------------------------------------------------------

try_api() {
  say "Try: the example of the release that is deployed"
  find_registry
  find_api
  fetch_record "$LIVE_RELEASE"
  run python3 "$TOOLS/api_check.py" "$API_URL" "$RECORD" || die "the API does not answer as the example says; see its log: aws logs tail /aws/lambda/$FUNCTION"
}

# --- -x: everything goes -------------------------------------------------------------------------

delete_stage() {
  local function_stack=$TEMPLATE_LAMBDA-$STAGE registry_stack=$TEMPLATE_REGISTRY-$STAGE statuses
  statuses=$(settled_status "$function_stack"),$(settled_status "$registry_stack")
  if [ "$statuses" = NONE,NONE ]; then
    printf 'nothing to delete: there are no stacks %s and %s\n' "$function_stack" "$registry_stack" >&2
    return
  fi
  confirm "Delete the stacks $function_stack and $registry_stack?"
  [ "${statuses%,*}" = NONE ] || delete_stack "$function_stack"
  [ "${statuses#*,}" = NONE ] || delete_registry "$registry_stack"
  say "Deleted: $function_stack and $registry_stack"
}

confirm() {
  [ -z "$YES" ] || return 0
  local answer=''
  printf '%s [y/N] ' "$1" >&2
  read -r answer || true
  case $answer in
    y | Y | yes) ;;
    *) die "nothing was deleted. Answer y, or give -y" ;;
  esac
}

delete_registry() {
  local outputs repository bucket content
  outputs=$(stack_outputs "$1")
  repository=$(output "$outputs" RepositoryName)
  bucket=$(output "$outputs" BucketName)
  content=$(python3 "$TOOLS/registry_content.py" count "$repository" "$bucket")
  if [ -n "$content" ] && [ -z "$YES" ]; then
    die "the function is deleted, the registry stays: it holds $content. Delete them too: $(step '-x -y')"
  fi
  [ -z "$content" ] || run python3 "$TOOLS/registry_content.py" empty "$repository" "$bucket" >&2
  delete_stack "$1"
}

main() {
  parse "$@"
  check_usage
  find_model
  find_aws
  SCRATCH=$(mktemp -d)
  trap 'rm -rf "$SCRATCH"' EXIT
  [ -z "$REGISTRY" ] || deploy_registry
  [ -z "$PUSH" ] || push_model
  [ -z "$DEPLOY" ] || deploy_model
  [ -z "$TRY" ] || try_api
  [ -z "$DELETE" ] || delete_stage
}

main "$@"
