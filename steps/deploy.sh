# shellcheck shell=bash
# -d: the function and its API; -t: one real request to it.

deploy_model() {
  say "Deploy: stack $TEMPLATE_LAMBDA-$STAGE"
  find_registry
  local release=${WANTED_RELEASE:-$PUSHED_RELEASE} assignments
  [ -n "$release" ] || release=$(release_names | tail -n 1)
  [ -n "$release" ] || die "nothing was pushed for stage $STAGE yet. Push the model: $(step -p)"
  fetch_record "$release"
  assignments=$(python3 "$TOOLS/release.py" show "$RECORD")
  eval "$assignments"
  find_image "imageDigest=$RELEASE_DIGEST"
  [ -n "$IMAGE_DIGEST" ] || die "the image of release $RELEASE_NAME is no longer in the repository. Push the model again: $(step -p)"
  warn_of_settings
  deploy_release
  find_api
  check_live
  remove_retired_images
  show_api
}

# A release is deployed as it was pushed: what model.env says now may be something else.
warn_of_settings() {
  [ -n "$DIRECTORY" ] || return 0
  with_settings python3 "$TOOLS/release.py" unreleased "$RECORD" >&2
}

deploy_release() {
  local parameters=() parameter
  python3 "$TOOLS/release.py" parameters "$RECORD" --stage "$STAGE" --repository-uri "$REPOSITORY_URI" \
    --template "$HERE/template.yaml" >"$SCRATCH/parameters"
  while IFS= read -r parameter; do parameters+=("$parameter"); done <"$SCRATCH/parameters"
  deploy_stack "$TEMPLATE_LAMBDA-$STAGE" "$HERE/template.yaml" "${parameters[@]}"
}

find_api() {
  local outputs
  outputs=$(stack_outputs "$TEMPLATE_LAMBDA-$STAGE")
  FUNCTION=$(output "$outputs" FunctionName)
  LIVE_RELEASE=$(output "$outputs" Release)
  API_URL=$(output "$outputs" ApiUrl)
  [ -n "$API_URL" ] || die "nothing is deployed in stage $STAGE. Deploy: $(step -d)"
  [ -z "$LOCAL" ] || API_URL=$AWS_ENDPOINT_URL/restapis/$(output "$outputs" ApiId)/$STAGE/_user_request_$(output "$outputs" ApiPath)
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
  release_names >"$SCRATCH/names"
  python3 "$TOOLS/release.py" retired --deployed "$RELEASE_NAME" <"$SCRATCH/names" >"$SCRATCH/retired"
  [ ! -s "$SCRATCH/retired" ] || run python3 "$TOOLS/registry_content.py" remove "$REPOSITORY" <"$SCRATCH/retired" >&2
}

show_api() {
  printf 'the newest releases, for -i: %s\n' "$(tail -n 5 "$SCRATCH/names" | tr '\n' ' ')" >&2
  say "Live: release $LIVE_RELEASE of $FUNCTION. Try it:"
  if [ "${#RELEASE_REQUEST}" -gt 500 ]; then
    # shellcheck disable=SC2016 # for the user's shell to expand
    RELEASE_REQUEST=$(printf '"$(python3 %q %q)"' "$TOOLS/example.py" "${DIRECTORY:-MODEL_DIRECTORY}/example.json")
  fi
  printf "curl -H 'Content-Type: application/json' -d %s %s\n" "$RELEASE_REQUEST" "$API_URL" >&2
  printf '%s\n' "$API_URL"
}

try_api() {
  say "Try: the example of the release that is deployed"
  find_registry
  find_api
  fetch_record "$LIVE_RELEASE"
  run python3 "$TOOLS/api_check.py" "$API_URL" "$RECORD" && return
  aws logs filter-log-events --log-group-name "/aws/lambda/$FUNCTION" --query 'events[].[message]' --output text | tail -n 20 >&2
  die "the API does not answer as the example says; the end of the function's log stands above"
}
