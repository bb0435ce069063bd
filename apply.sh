#!/usr/bin/env bash
# Executes dist/apply.tsv, the apply plan, with kubectl (1.31 or newer), helm 3 and, where the plan asks for it,
# istioctl. The plan's columns and
# actions are described in docs/architecture.md. Runs on bash 3.2. A second run changes nothing.
# Called functions return 1 on failure with `todo` saying what to do; only `stop` and `refuse` exit.
set -uo pipefail

self=$0
case $self in */*) ;; *) self=./$self ;; esac
dist=$(dirname "$self")/dist
dry='' yes='' list='' from='' only='' again=''
bold='' red='' plain=''
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] && bold=$'\033[1m' plain=$'\033[0m'
[ -t 2 ] && [ -z "${NO_COLOR:-}" ] && red=$'\033[31m' plain=$'\033[0m'

usage() {
  cat <<'TEXT'
usage: apply.sh [options]      applies dist to every cluster, step by step, as dist/apply.tsv says

  --dist DIR       the folder to apply (default: dist beside this script)
  --cluster NAME   only this cluster's steps, and its remote secrets elsewhere; may be repeated
  --step NAME      start at this step, to resume
  --list           show the steps
  --dry-run        print the commands; execute nothing, not even a read
  --yes            don't ask before the first change
  --help           this text

exit: 0 all steps done, 1 a step failed, 2 nothing was tried (wrong option, tool, dist, plan or context)
TEXT
}

refuse() { printf '%sapply.sh: %s%s\n' "$red" "$1" "${red:+$plain}" >&2; exit 2; }

# Words quoted for a shell, on one line. <address> and <server> stand for what a dry run can't know: it prints
# the command that sets the variable of that name.
quoted() {
  local word quote="'" escaped="'\\''" address="'\"\$address\"'" server="'\"\$server\"'" out=''
  for word in "$@"; do
    case $word in
      '' | *[!A-Za-z0-9_./:=@%+,-]*)
        word=${word//$quote/$escaped} word=${word//<address>/$address} word=\'${word//<server>/$server}\' ;;
    esac
    out="$out $word"
  done
  printf '%s' "${out# }"
}

# Executes a command, or prints it in a dry run.
run() { if [ -n "$dry" ]; then printf '%s\n' "$(quoted "$@")"; else "$@"; fi; }

# read_into VARIABLE COMMAND...: what the command prints; in a dry run the placeholder <VARIABLE>.
read_into() {
  local name=$1 value
  shift
  if [ -n "$dry" ]; then
    printf "%s=\$(%s)\n" "$name" "$(quoted "$@")"
    value="<$name>"
  else
    value=$("$@") || return 1
  fi
  printf -v "$name" '%s' "$value"
}

do_apply() { # file
  todo="Correct what the error names and write dist again. A conflict means that another manager (helm, kubectl, a
  controller) owns the field: leave the field to one of them. A webhook that doesn't answer means istiod isn't ready."
  run kubectl --context "$context" apply --server-side --field-manager=isthmus -f "$dist/$1"
}

do_secret() { # namespace name hint
  local message lookup
  lookup=(kubectl --context "$context" get secret "$2" -n "$1" -o name)
  if [ -n "$dry" ]; then printf '# must exist, else: %s\n' "$3"; run "${lookup[@]}"; return; fi
  message=$("${lookup[@]}" 2>&1 >/dev/null) && return
  printf '%s\n' "$message" >&2
  todo="The Secret could not be looked up: check that context $context reaches its cluster and may read Secrets in $1."
  case $message in *'(NotFound)'*) todo="Create the Secret $2 in namespace $1: $3" ;; esac
  return 1
}

do_address() { # namespace service timeout
  todo="The Service has no load balancer address after $3: see its events with
  $(quoted kubectl --context "$context" describe service "$2" -n "$1")
  The cluster needs a load balancer controller, with quota left."
  run kubectl --context "$context" wait --for='jsonpath={.status.loadBalancer.ingress}' "service/$2" -n "$1" --timeout="$3"
}

do_wait() { # namespace-or-dash resource condition timeout
  todo="See why with $(quoted kubectl --context "$context" describe "$2")"
  if [ "$1" = - ]; then
    run kubectl --context "$context" wait --for="$3" "$2" --timeout="$4"
  else
    todo="$todo -n $1"
    run kubectl --context "$context" wait --for="$3" "$2" -n "$1" --timeout="$4"
  fi
}

do_helm() { upgrade "isthmus $7" "$@"; } # release chart version namespace values timeout digest

do_helm_address() { # as helm, then: path context namespace service
  local address host lookup at="Service ${11} (namespace ${10}, context $9)"
  todo="The address of $at could not be read: check that the context reaches its cluster, and that its steps are done."
  lookup=(kubectl --context "$9" get service "${11}" -n "${10}" -o)
  read_into address "${lookup[@]}" 'jsonpath={.status.loadBalancer.ingress[0].ip}' || return 1
  if [ -z "$address" ]; then
    read_into host "${lookup[@]}" 'jsonpath={.status.loadBalancer.ingress[0].hostname}' || return 1
    if [ -z "$host" ]; then
      todo="$at has no address yet: apply the steps of its cluster first."
    else
      printf '%s has the host name %s, but %s needs an IP address.\n' "$at" "$host" "$8" >&2
      todo="With a host name the chart makes an ExternalName Service, which the API server can't use for a webhook.
  Give the control plane a static IP address in the model, or an injection URL, and write dist again."
    fi
    return 1
  fi
  upgrade "isthmus $7 $address" "${@:1:7}" --set-string "$8=$address"
}

# upgrade DESCRIPTION RELEASE CHART VERSION NAMESPACE VALUES TIMEOUT DIGEST [HELM OPTION...]: skips a release that is
# deployed with this description. Only `helm history` tells status and description without the release's values.
upgrade() {
  local wanted=$1 release=$2 namespace=$5 history status description lookup
  todo="See what isn't ready with $(quoted kubectl --context "$context" get pods,events -n "$namespace")"
  lookup=(helm --kube-context "$context" history "$release" -n "$namespace" --max 1 -o json)
  set -- helm --kube-context "$context" upgrade --install "$release" "$3" --version "$4" -n "$namespace" \
    -f "$dist/$6" --reset-values --wait --timeout "$7" --description "$wanted" "${@:9}"
  if [ -n "$dry" ]; then
    printf '# skipped when deployed with this description: '
    run "${lookup[@]}"
    run "$@"
    return
  fi
  if history=$("${lookup[@]}" 2>&1); then
    status=$(json_string status "$history") description=$(json_string description "$history")
    case $status in
      deployed) if [ "$description" = "$wanted" ]; then printf '  %s is deployed as wanted\n' "$release"; return; fi ;;
      pending-*)
        printf 'release %s in namespace %s is %s\n' "$release" "$namespace" "$status" >&2
        todo="Another helm is at work on it, or was interrupted. If none is at work:
  $(quoted helm --kube-context "$context" "$(undo "$status")" "$release" -n "$namespace" --wait)"
        return 1 ;;
    esac
  else
    case $history in
      *'release: not found'*) ;;
      *) printf '%s\n' "$history" >&2; todo="Check that context $context reaches its cluster."; return 1 ;;
    esac
  fi
  "$@"
}

# An interrupted first install has nothing to go back to.
undo() { if [ "$1" = pending-install ]; then echo uninstall; else echo rollback; fi; }

# The first string under that key, as far as its first quote.
json_string() {
  local pattern="\"$1\":[[:space:]]*\"([^\"]*)\""
  [[ $2 =~ $pattern ]] && printf '%s' "${BASH_REMATCH[1]}"
}

do_istioctl() { # version file timeout
  local version
  todo="Install istioctl $1: the charts are built into it, so another version would install another Istio."
  if [ -z "$dry" ]; then
    version=$(istioctl version --remote=false --short 2>/dev/null) || return 1
    case $version in
      "$1" | *" $1") ;;
      *) printf 'istioctl is %s, the plan needs %s\n' "${version:-of no known version}" "$1" >&2; return 1 ;;
    esac
  fi
  todo="See what isn't ready with $(quoted kubectl --context "$context" get pods,events -n istio-system)"
  run istioctl install --context "$context" -f "$dist/$2" --skip-confirmation --readiness-timeout "$3"
}

# The token goes from one kubectl to the other and is never seen here. The manifest is what istioctl's
# create-remote-secret writes (istioctl/pkg/multicluster/remote_secret.go); it stays empty without token or CA.
do_remote_secret() { # remote-cluster remote-context namespace token-secret timeout server-or-dash
  kubeconfig_secret "istio-remote-secret-$1" "$1" '
  labels:
    istio/multiCluster: "true"' "$@"
}

# What an istiod outside reads its config cluster with. Without istioctl's label: an istiod that watches its own
# namespace for remote secrets would take it for one, of a cluster called "config".
do_config_secret() { kubeconfig_secret istio-kubeconfig config '' "$@"; } # as remote-secret

kubeconfig_secret() { # name key labels, then the arguments of remote-secret
  local name=$1 key=$2 labels=$3
  shift 3
  local remote=$1 reader=$2 namespace=$3 token=$4 server=$6 template codes reading writing
  todo="The API server's URL of context $reader could not be read from the kubeconfig: correct it, or give apiServer in the model."
  if [ "$server" = - ]; then
    read_into server kubectl config view --minify --context "$reader" -o 'jsonpath={.clusters[0].cluster.server}' || return 1
  fi
  reachable "$server" || return 1
  todo="The token of Secret $token (namespace $namespace, context $reader) is missing: does its ServiceAccount exist there?"
  run kubectl --context "$reader" wait --for='jsonpath={.data.token}' "secret/$token" -n "$namespace" --timeout="$5" || return 1
  template="{{with .data}}{{if and .token (index . \"ca.crt\")}}apiVersion: v1
kind: Secret
metadata:
  name: $name
  namespace: $namespace$labels
  annotations:
    networking.istio.io/cluster: $remote
stringData:
  $key: |
    apiVersion: v1
    kind: Config
    clusters:
    - name: $remote
      cluster:
        certificate-authority-data: {{index . \"ca.crt\"}}
        server: $server
    users:
    - name: $remote
      user:
        token: {{.token | base64decode}}
    contexts:
    - name: $remote
      context:
        cluster: $remote
        user: $remote
    current-context: $remote
{{end}}{{end}}"
  reading=(kubectl --context "$reader" get secret "$token" -n "$namespace" -o "go-template=$template")
  writing=(kubectl --context "$context" apply --server-side --field-manager=isthmus -f -)
  if [ -n "$dry" ]; then printf '%s |\n  %s\n' "$(quoted "${reading[@]}")" "$(quoted "${writing[@]}")"; return; fi
  "${reading[@]}" | "${writing[@]}"
  codes=("${PIPESTATUS[@]}")
  if [ "${codes[0]}" -ne 0 ] && [ "${codes[0]}" -ne 141 ]; then # 141: the writer stopped before the reader was done
    todo="Reading Secret $token failed in the remote (cluster $remote, context $reader)."
  else
    todo="Writing $name failed in cluster $cluster (context $context).
  'no objects passed' means that Secret $token of context $reader lacks token or ca.crt."
  fi
  [ "${codes[0]}${codes[1]}" = 00 ]
}

# Other clusters must reach the API server under this URL.
reachable() {
  local url='^https?://[][A-Za-z0-9._:/%-]+$'
  todo="Give apiServer, the URL under which other clusters reach this API server, in the model and write dist again."
  case $1 in
    '<server>') return ;;
    *://127.* | *://localhost | *://localhost[:/]* | *://0.0.0.0* | *://'[::1]'* | *://'[::]'*)
      printf 'API server %s can be reached from its own machine only\n' "$1" >&2; return 1 ;;
  esac
  [[ $1 =~ $url ]] && return
  printf 'API server "%s" is not a URL\n' "$1" >&2
  return 1
}

# Reads the plan into `plan`, a line each, and refuses one that can't be executed.
load_plan() {
  local line number=0 names=' ' count file time problem tab=$'\t' limit='^([0-9]+(s|m|h))+$'
  [ -d "$dist" ] || refuse "no folder $dist: write it with 'npm run synth', or give --dist"
  for file in fleet.json apply.tsv; do
    [ -f "$dist/$file" ] || refuse "dist is incomplete: $dist has no $file; write it again with 'npm run synth'"
  done
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1)) problem='' count=0 file='' time=1s
    IFS=$tab read -r -a fields <<<"$line"
    case $tab$line$tab in *"$tab$tab"* | *$'\r'*) refuse "$dist/apply.tsv:$number: an empty field or a carriage return" ;; esac
    case ${fields[3]:-} in
      apply) count=1 file=${fields[4]:-} ;;
      secret) count=3 ;;
      helm) count=7 file=${fields[8]:-} time=${fields[9]:-} ;;
      helm-address) count=11 file=${fields[8]:-} time=${fields[9]:-} ;;
      istioctl) count=3 file=${fields[5]:-} time=${fields[6]:-} ;;
      address) count=3 time=${fields[6]:-} ;;
      wait) count=4 time=${fields[7]:-} ;;
      remote-secret | config-secret) count=6 time=${fields[8]:-} ;;
      *) refuse "$dist/apply.tsv:$number: unknown action \"${fields[3]:-}\"" ;;
    esac
    [ ${#fields[@]} -eq $((count + 4)) ] ||
      problem="${fields[3]} takes $count arguments, here are $((${#fields[@]} - 4))"
    case $names in *" ${fields[0]} "*) problem="step \"${fields[0]}\" is there twice" ;; esac
    [[ -n $problem || $time =~ $limit ]] || problem="\"$time\" is not a time limit like 90s or 5m"
    [ -n "$problem" ] || [ -z "$file" ] || [ -f "$dist/$file" ] || problem="no file $dist/$file"
    [ -z "$problem" ] || refuse "$dist/apply.tsv:$number: $problem"
    names="$names${fields[0]} "
    plan[number - 1]=$line
  done <"$dist/apply.tsv"
  [ "$number" -gt 0 ] || refuse "$dist/apply.tsv has no steps"
}

# Puts the indices of the wanted steps into `selected`, and their clusters and contexts into `clusters` and `contexts`.
select_steps() {
  local i known=' ' started=$from near='' all='' name
  for ((i = 0; i < ${#plan[@]}; i++)); do
    IFS=$'\t' read -r -a fields <<<"${plan[i]}"
    name=${fields[0]}
    all="$all
  $name"
    case $known in *" ${fields[1]} "*) ;; *) known="$known${fields[1]} " ;; esac
    case $name in *"$from"*) near="$near
  $name" ;; esac
    [ "$name" = "$started" ] && started=''
    [ -z "$started" ] || continue
    case "$only " in
      ' ' | *" ${fields[1]} "*) ;;
      # A remote waits for its primary to read it.
      *" ${fields[4]} "*) [ "${fields[3]}" = remote-secret ] || continue ;;
      *) continue ;;
    esac
    selected[${#selected[@]}]=$i
    case "$clusters" in *"  ${fields[1]} ("*) ;; *) clusters="$clusters  ${fields[1]} (context ${fields[2]})"$'\n' ;; esac
    contexts="$contexts${fields[2]}"$'\n'
    case ${fields[3]} in
      helm-address) contexts="$contexts${fields[12]}"$'\n' ;;
      remote-secret | config-secret) contexts="$contexts${fields[5]}"$'\n' ;;
      istioctl) tools='kubectl helm istioctl' ;;
    esac
  done
  [ -z "$started" ] || refuse "no step \"$from\"; the steps ${near:+with that in their name }are:${near:-$all}"
  for name in $only; do
    case $known in *" $name "*) ;; *) refuse "no cluster \"$name\" in the plan; it has:$known" ;; esac
  done
  [ ${#selected[@]} -gt 0 ] || refuse "no step left: cluster$only has none from step \"$from\" on"
}

# Tools and contexts, before the first change.
check_machine() {
  local known missing='' name version minor='v1\.([0-9]+)'
  for name in $tools; do command -v "$name" >/dev/null || refuse "$name is not installed, or not in PATH"; done
  version=$(kubectl version --client 2>&1)
  [[ $version =~ $minor ]] && [ "${BASH_REMATCH[1]}" -lt 31 ] && refuse "kubectl 1.31 or newer is needed, this is: $version"
  known=$(kubectl config get-contexts -o name) || refuse "the kubeconfig's contexts could not be listed, see above"
  while read -r name; do
    grep -qxF -e "$name" <<<"$known" || missing="$missing
  $name"
  done < <(printf '%s' "$contexts" | sort -u)
  [ -z "$missing" ] || refuse "the kubeconfig (${KUBECONFIG:-~/.kube/config}) lacks these contexts:$missing"
}

ask() {
  local answer
  printf '%s steps for\n%s' "${#selected[@]}" "$clusters"
  [ -z "$yes" ] || return
  [ -t 0 ] || refuse 'standard input is not a terminal, so there is no asking: give --yes'
  printf 'Apply? [y/N] '
  read -r answer
  case $answer in y | Y | yes) ;; *) refuse 'nothing was changed' ;; esac
}

# Ends after a failed step.
stop() {
  printf '\n%sapply.sh: step "%s" failed (cluster %s, context %s).%s\n' "$red" "$step" "$cluster" "$context" "${red:+$plain}" >&2
  printf 'What to do: %s\nThen go on with: %s%s --step %s\n' "$todo" "$(quoted "$self")" "$again" "$(quoted "$step")" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --dist | --cluster | --step) [ -n "${2:-}" ] || refuse "$1 needs a value; see --help" ;;
  esac
  case $1 in
    --dist) dist=${2%/} again="$again --dist $(quoted "$2")"; shift ;;
    --cluster) only="$only $2" again="$again --cluster $(quoted "$2")"; shift ;;
    --step) from=$2; shift ;;
    --yes) yes=1 again="$again --yes" ;;
    --dry-run) dry=1 ;;
    --list) list=1 ;;
    --help) usage; exit ;;
    *) refuse "unknown option \"$1\"; see --help" ;;
  esac
  shift
done

plan=() selected=() clusters='' contexts='' todo='' tools='kubectl helm'
load_plan
select_steps
[ -n "$dry$list" ] || { check_machine && ask; }
position=0
for i in "${selected[@]}"; do
  IFS=$'\t' read -r -a fields <<<"${plan[i]}"
  step=${fields[0]} cluster=${fields[1]} context=${fields[2]} action=${fields[3]} position=$((position + 1))
  if [ -n "$list" ]; then printf '%s\t%s\t%s\t%s\n' "$step" "$cluster" "$context" "$action"; continue; fi
  label=$step
  case $step in "$cluster"*) ;; *) label="$cluster $step" ;; esac
  printf '%s%s[%s/%s] %s: %s%s\n' "${dry:+# }" "$bold" "$position" "${#selected[@]}" "$label" \
    "$action ${fields[*]:4:2}" "${bold:+$plain}"
  "do_${action//-/_}" "${fields[@]:4}" || stop
done
