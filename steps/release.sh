# shellcheck shell=bash
# Release records in the bucket.

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
