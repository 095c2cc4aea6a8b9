#!/usr/bin/env bash
# Runs probe with the inputs of the action, which are in the environment, and keeps its exit code for the last step.
set -uo pipefail
results="${RUNNER_TEMP:-/tmp}/wirematrix-results"
options=(--out "$results" --reporter findings,markdown,html,junit,sarif,github,comment,badge)
[ -n "${INPUT_COMMAND:-}" ] && options+=(--command "$INPUT_COMMAND")
[ -n "${INPUT_PORT:-}" ] && options+=(--port "$INPUT_PORT")
[ -n "${INPUT_FAIL_ON:-}" ] && options+=(--fail-on "$INPUT_FAIL_ON")
[ -n "${INPUT_BASELINE:-}" ] && options+=(--baseline "$INPUT_BASELINE")
while IFS= read -r word; do
  [ -n "$word" ] && options+=("$word")
done <<< "${INPUT_ARGUMENTS:-}"
[ -n "${INPUT_URL:-}" ] && options+=(-- "$INPUT_URL")
npx --yes "wirematrix@${INPUT_VERSION:-latest}" probe "${options[@]}"
code=$?
echo "exit-code=$code" >> "$GITHUB_OUTPUT"
if [ -e "$results/run.json" ]; then
  echo "results=$results" >> "$GITHUB_OUTPUT"
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -e "$results/comment.md" ]; then cat "$results/comment.md" >> "$GITHUB_STEP_SUMMARY"; fi
fi
# The next steps report before the last one fails.
exit 0
