# shellcheck shell=bash
# -x: everything goes.

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
