# shellcheck shell=bash
# -p: the image, built, checked and pushed.

push_model() {
  say "Push: $DIRECTORY"
  eval "$MODEL_SETTINGS"
  find_registry
  choose_base
  local context tag image
  context=$(python3 "$TOOLS/stage.py" "$DIRECTORY" -f "$DOCKERFILE" --into "$SCRATCH")
  tag=$(python3 "$TOOLS/fingerprint.py" "$context" "$PROJECT" "$DOCKERFILE" "$ARCHITECTURE" "$BUILD_ARGUMENTS")
  image=$REPOSITORY_URI:$tag
  find_image "imageTag=$tag"
  if [ -z "$IMAGE_DIGEST" ]; then
    build_image "$image" "$context"
    check_image "$image"
    IS_CHECKED=1
    upload_image "$image"
    find_image "imageTag=$tag"
  else
    printf 'unchanged: %s is in the repository\n' "$image" >&2
  fi
  check_platform "$tag"
  record_release "$tag" "$image"
}

# Adds the base image to the build arguments, where the Dockerfile takes one and none is given.
choose_base() {
  python3 "$TOOLS/dockerfile.py" "$DIRECTORY" "$DOCKERFILE" BASE_IMAGE || return 0
  case $'\n'$BUILD_ARGUMENTS in *$'\n'BASE_IMAGE=*) return 0 ;; esac
  "$TOOLS/engine" >&2 3>&-
  local base=python:$RUNTIME_VERSION-slim-bookworm stays_here=$LOCAL$MEASURE
  if ! has_image "$base" && { [ -n "$stays_here" ] && has_image "local/$base" || ! docker pull "$base" >&2; }; then
    [ -n "$stays_here" ] || die "the base image $base cannot be pulled; the reason stands above. Mend that, or name another base: export BASE_IMAGE=…"
    [ "$ARCHITECTURE" = x86_64 ] || die "the base image $base for $ARCHITECTURE cannot be pulled, and one made here is for this machine only. Name one: export BASE_IMAGE=…"
    say "No registry has $base within reach: using a base image made from Debian's packages"
    base=$("$TOOLS/base_image" "$RUNTIME_VERSION")
  fi
  BUILD_ARGUMENTS=BASE_IMAGE=$base${BUILD_ARGUMENTS:+$'\n'$BUILD_ARGUMENTS}
}

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# Sets IMAGE_DIGEST and IMAGE_TYPE to those of an image of the repository, given as imageTag=… or
# imageDigest=…; to nothing where there is no such image.
find_image() {
  local answer
  answer=$(aws ecr describe-images --repository-name "$REPOSITORY" --image-ids "$1" --output text \
    --query 'imageDetails[0].[imageDigest,imageManifestMediaType]' 2>"$SCRATCH/error") ||
    grep -q ImageNotFoundException "$SCRATCH/error" || die "the repository $REPOSITORY cannot be read: $(<"$SCRATCH/error")"
  IMAGE_DIGEST=${answer%%$'\t'*} IMAGE_TYPE=${answer##*$'\t'}
}

build_image() {
  say "Build: $1"
  "$TOOLS/engine" >&2 3>&-
  local argument platform=linux/amd64
  [ "$ARCHITECTURE" = x86_64 ] || platform=linux/arm64
  local options=(--platform "$platform" --file "$2/$DOCKERFILE" --tag "$1")
  while IFS= read -r argument; do
    [ -z "$argument" ] || options+=(--build-arg "$argument")
  done <<<"$BUILD_ARGUMENTS"
  [ "${WHEELS:-$WHEELHOUSE}" != 1 ] || run python3 "$TOOLS/wheelhouse.py" "$2/$WHEELS_FOR" "$2/wheels" \
    --python "$RUNTIME_VERSION" --architecture "$ARCHITECTURE" >&2
  docker build "${options[@]}" "$2" >&2 || die "the image was not built; the reason stands above. Nothing was pushed"
}

check_image() {
  say "Check: $1 must answer example.json under the Lambda Runtime Interface Emulator"
  local rie
  rie=$(python3 "$TOOLS/rie.py" "$ARCHITECTURE")
  with_settings python3 "$TOOLS/image_check.py" "$1" "$DIRECTORY/example.json" "$rie" ||
    die "the image fails as Lambda would run it; the reason stands above. Nothing was released"
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
  log_in
  docker push "$1" >&2 || die "the image was not pushed; the reason stands above. Run the same command again"
}

log_in() {
  aws ecr get-login-password | docker login --username AWS --password-stdin "${REPOSITORY_URI%%/*}" >&2
}

# Lambda takes a single image for one platform: https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
check_platform() {
  case $IMAGE_TYPE in
    *manifest.list* | *image.index*)
      aws ecr batch-delete-image --repository-name "$REPOSITORY" --image-ids "imageTag=$1" >&2
      die "what was pushed is an index of images ($IMAGE_TYPE), which Lambda refuses; it was removed from the repository. Build for one platform and without attestations, then run the same command again"
      ;;
  esac
}
