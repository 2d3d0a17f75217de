# shellcheck shell=bash
# -b: the image, built and checked as -p does it, and measured with each memory size instead of pushed.

measure_model() {
  say "Measure: $DIRECTORY"
  eval "$MODEL_SETTINGS"
  choose_base
  local context
  MEASURED_IMAGE=lambda-bench/$PROJECT:${SCRATCH##*/run-} # of this run alone, so that no other one replaces it
  trap 'remove_measured; rm -rf "$SCRATCH"' EXIT
  context=$(python3 "$TOOLS/stage.py" "$DIRECTORY" -f "$DOCKERFILE" --into "$SCRATCH")
  build_image "$MEASURED_IMAGE" "$context"
  MODEL_SETTINGS+=$'\nMEMORY_SIZE=10240' # how much it needs is the question, so the check gives it the most there is
  check_image "$MEASURED_IMAGE"
  sweep_memory "$MEASURED_IMAGE"
}

# Its layers stay, for the next build.
remove_measured() { command docker image rm --force --no-prune "$MEASURED_IMAGE" >/dev/null 2>&1 || true; }

# Bash passes no signal on to a command that it waits for. This one is in the background, so that whoever ends the
# pipeline ends it too, with its containers.
sweep_memory() {
  local directory=$DIRECTORY sweep status=0
  [ "${directory#/}" != "$directory" ] || directory=$PWD/$directory
  say "Sweep: 512 to 3,008 MB, with the CPUs that come with each; other work on this machine spoils the times"
  local command=(env "PYTHONPATH=$HERE:$TOOLS" python3 -m benchmarks.suite.advice "$1" "$directory")
  echo_command "${command[@]}"
  (cd "$HERE" && exec "${command[@]}") 3>&- & # from there, since Python prefers the current folder's modules
  sweep=$!
  trap 'kill "$sweep" 2>/dev/null' HUP INT TERM
  wait "$sweep" || status=$?
  # A signal ends the first wait before the sweep has removed its container.
  while kill -0 "$sweep" 2>/dev/null; do wait "$sweep" || status=$?; done
  exit "$status"
}
