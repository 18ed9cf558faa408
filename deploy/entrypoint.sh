# Without arguments: folder in, folder out. Routers of the mercure kind name the two folders in the environment.
if [ $# -eq 0 ]; then
  output="${MERCURE_OUT_DIR:-/output}"
  set -- score "${MERCURE_IN_DIR:-/input}" --json "$output/result.jsonl" --seg "$output/" --sr "$output/"
fi
# In place of the shell: it is the program that is told to stop.
exec node "${0%/*}/cli/bin/deep-aspects.mjs" "$@"
