# shellcheck shell=bash
# Completes `bash pipeline.sh …` and `./pipeline.sh …` in bash. In ~/.bashrc: source /path/to/completions/pipeline.bash

_pipeline() {
  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD - 1]}" choices="" found
  COMPREPLY=()
  # Of other scripts bash completes the names of files, as without this.
  if [ "${COMP_WORDS[0]##*/}" = bash ]; then
    case "${COMP_WORDS[1]}" in
      *pipeline.sh) [ "$COMP_CWORD" -gt 1 ] || return 0 ;;
      *) return 0 ;;
    esac
  fi
  case "$before" in
    -s) choices="dev stage prod" ;;
    -o) choices="dashboard drift" ;;
    -i) choices="previous dev stage prod" ;;
    -f | -n | -m) ;;
    *) case "$word" in -*) choices="-s -l -r -p -m -d -t -k -c -o -x -b -n -f -w -i -y -h" ;; esac ;;
  esac
  while IFS= read -r found; do COMPREPLY+=("$found"); done < <(compgen -W "$choices" -- "$word")
}

complete -o default -F _pipeline bash pipeline.sh ./pipeline.sh
