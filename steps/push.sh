# shellcheck shell=bash
# -p: the image, built, checked and pushed.

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
  [ "${WHEELS:-$WHEELHOUSE}" != 1 ] || run python3 "$TOOLS/wheelhouse.py" "$2/app/requirements.txt" "$2/wheels" \
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
