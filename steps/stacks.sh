# shellcheck shell=bash
# CloudFormation stacks: what they are at, and how to deploy, settle and delete one.

POLL_SECONDS=2

# stack STACK QUERY: a piece of the stack's description as text; NONE where there is no such stack.
stack() {
  if aws cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].$2" --output text 2>"$SCRATCH/error"; then
    return
  elif grep -q 'does not exist' "$SCRATCH/error"; then
    printf 'NONE\n'
  else
    die "the stack $1 cannot be read: $(<"$SCRATCH/error")"
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
      aws cloudformation continue-update-rollback --stack-name "$1"
      sleep "$POLL_SECONDS"
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
  aws cloudformation deploy --stack-name "$name" --template-file "$template" \
    --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --no-fail-on-empty-changeset \
    --parameter-overrides "$@" >&2 || show_failure "$name"
}

show_failure() {
  settled_status "$1" >&2
  aws cloudformation describe-stack-events --stack-name "$1" --output text \
    --no-paginate --query "StackEvents[?contains(ResourceStatus, 'FAILED')].[Timestamp, LogicalResourceId, ResourceStatusReason] | [:5]" >&2 || true
  die "the stack $1 was not deployed; the reason stands above. What ran before still runs. Mend the cause and run the same command again"
}

delete_stack() {
  aws cloudformation delete-stack --stack-name "$1"
  local status=''
  while [ "$status" != NONE ] && [ "$status" != DELETE_COMPLETE ]; do
    status=$(stack "$1" StackStatus)
    [ "$status" != DELETE_FAILED ] ||
      die "the stack $1 was not deleted. See why: aws cloudformation describe-stack-events --stack-name $1"
    [ "$status" = NONE ] || sleep "$POLL_SECONDS"
  done
}
