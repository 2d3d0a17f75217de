# shellcheck shell=bash
# Release records in the bucket.

# record_release TAG IMAGE: sets PUSHED_RELEASE, the new release or the newest one where nothing changed.
record_release() {
  local newest assignments options=()
  newest=$(release_names | tail -n 1)
  if [ -n "$newest" ]; then
    fetch_record "$newest"
    options=(--newest "$RECORD")
  fi
  with_settings python3 "$TOOLS/release.py" record --digest "$IMAGE_DIGEST" --tag "$1" --dockerfile "$DOCKERFILE" \
    --example "$DIRECTORY/example.json" ${options[@]+"${options[@]}"} >"$SCRATCH/new.json"
  if [ ! -s "$SCRATCH/new.json" ]; then
    PUSHED_RELEASE=$newest
    printf 'unchanged: %s is the newest release\n' "$newest" >&2
    return
  fi
  [ -n "$IS_CHECKED" ] || check_pushed_image "$2"
  assignments=$(python3 "$TOOLS/release.py" show "$SCRATCH/new.json")
  eval "$assignments"
  aws s3 cp --only-show-errors "$SCRATCH/new.json" "$RELEASES/$RELEASE_NAME.json"
  PUSHED_RELEASE=$RELEASE_NAME
  say "Released: $RELEASE_NAME"
}

# An image of an earlier push is checked again: other settings may be too little for it.
check_pushed_image() {
  "$TOOLS/engine" >&2 3>&-
  if ! has_image "$1"; then
    log_in
    docker pull "$1" >&2
  fi
  check_image "$1"
}

# The releases' names, oldest first.
release_names() {
  aws s3api list-objects-v2 --bucket "$BUCKET" --prefix "$PREFIX_LAMBDA/releases/" --query 'Contents[].Key' --output text |
    tr '\t' '\n' | sed -n "s|^$PREFIX_LAMBDA/releases/\([0-9]\{8\}T[0-9]\{6\}Z-[0-9a-f]*\)\.json$|\1|p" | sort
}

# Fetches a release's record to the file $RECORD.
fetch_record() {
  RECORD=$SCRATCH/$1.json
  aws s3 cp --only-show-errors "$RELEASES/$1.json" "$RECORD" && return
  release_names >"$SCRATCH/names"
  grep -qx "$1" "$SCRATCH/names" || die "there is no release $1. The newest ones: $(tail -n 5 "$SCRATCH/names" | tr '\n' ' ')"
  die "the record of release $1 cannot be fetched; the reason stands above"
}
