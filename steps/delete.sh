# shellcheck shell=bash
# -x: everything goes.

delete_stage() {
  local function_stack=$TEMPLATE_LAMBDA-$STAGE registry_stack=$TEMPLATE_REGISTRY-$STAGE function_status registry_status
  function_status=$(settled_status "$function_stack")
  registry_status=$(settled_status "$registry_stack")
  if [ "$function_status$registry_status" = NONENONE ]; then
    printf 'nothing to delete: there are no stacks %s and %s\n' "$function_stack" "$registry_stack" >&2
    return
  fi
  read_registry
  CONTENT=$(python3 "$TOOLS/registry_content.py" count "$REPOSITORY" "$BUCKET")
  confirm "Delete the function of stage $STAGE (stack $function_stack) and ${CONTENT:+keep }the registry ($registry_stack)${CONTENT:+, which holds $CONTENT}?"
  [ "$function_status" = NONE ] || delete_stack "$function_stack"
  [ "$registry_status" = NONE ] || delete_registry "$registry_stack"
  remove_local_images
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

# The registry goes with the last model that has releases in it; data goes only with -y.
delete_registry() {
  local others
  if [ -n "$CONTENT" ] && [ -z "$YES" ]; then
    say "Kept: the registry, which holds $CONTENT. Delete it too: $(step '-x -y')"
    return
  fi
  others=$(python3 "$TOOLS/registry_content.py" others "$BUCKET" "$PREFIX_LAMBDA/releases/")
  if [ -n "$others" ]; then
    run python3 "$TOOLS/registry_content.py" empty "$REPOSITORY" "$BUCKET" "$PREFIX_LAMBDA/releases/" >&2
    say "Kept: the registry, where other models have releases: $others"
    return
  fi
  [ -z "$CONTENT" ] || run python3 "$TOOLS/registry_content.py" empty "$REPOSITORY" "$BUCKET" >&2
  delete_stack "$1"
}

# This machine's copies of images that are no longer in the repository.
remove_local_images() {
  [ -n "$YES" ] && [ -n "$REPOSITORY_URI" ] && type -P docker >/dev/null || return 0
  local images
  images=$(docker images --filter dangling=false --filter "reference=$REPOSITORY_URI" --format '{{.Repository}}:{{.Tag}}' 2>/dev/null | grep -v ':<none>$') || return 0
  # shellcheck disable=SC2086 # one name a word
  [ -z "$images" ] || docker rmi $images >&2 || true
}
