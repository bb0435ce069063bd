#!/usr/bin/env bash
# Stands in for kubectl and helm. $RECORD/calls gets every call: words ended by 0x1f, calls by 0x1e.
# $RECORD/rules says what to answer: needle, exit code, stdout, stderr, ended likewise; the first rule whose needle
# is in the call is taken (^needle: the call must equal it). The stdout `@template` prints the go-template filled in.
call="${0##*/} $*"
if [ "${!#}" = - ]; then
  cat >"$RECORD/stdin" # ended by the other side of the pipe, so that side's call is the first of the two
  # While the token is under way: is it lying about in a file?
  grep -rlFf "$RECORD/token" "$TMPDIR" "$PWD" >>"$RECORD/leaks"
fi
{ printf '%s\037' "${0##*/}" "$@"; printf '\036'; } >>"$RECORD/calls"
env >>"$RECORD/env"
while IFS=$'\037' read -r -d $'\036' needle code out err _; do
  case $needle in
    ^*) [ "$call" = "${needle#^}" ] || continue ;;
    *) case $call in *"$needle"*) ;; *) continue ;; esac ;;
  esac
  if [ "$out" = @template ]; then
    out=${call#*go-template=}
    out=${out//'{{with .data}}{{if and .token (index . "ca.crt")}}'/}
    out=${out//'{{index . "ca.crt"}}'/Q0EK}
    out=${out//'{{.token | base64decode}}'/$(cat "$RECORD/token")}
    out=${out//'{{end}}{{end}}'/}
  fi
  [ -z "$out" ] || printf '%s\n' "$out"
  [ -z "$err" ] || printf '%s\n' "$err" >&2
  exit "$code"
done <"$RECORD/rules"
