#!/usr/bin/env bash
# shellcheck disable=SC2317 # functions are called by name through check()
# Checks everything under infra/ that can be checked on this machine and says why it skips the rest. Nothing is deployed.
# usage: infra/check.sh            all checks
#        infra/check.sh --update   rewrites test/infra/planned.json from Terraform's plan first
#        PARTS="terraform images" infra/check.sh    only these of: terraform scripts workflows kubernetes helm images
# With ../shared/tools beside the checkout, Terraform and Kubernetes are checked offline;
# elsewhere with the real provider (needs credentials for the plan) and the cluster's own validation.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
tools=${TOOLS:-$root/../shared/tools}
work=$(mktemp -d)
trap '[ -z "${provider:-}" ] || kill "$provider" 2>/dev/null || true; rm -rf "$work"' EXIT
failed=0
PATH=$root/node_modules/.bin:$PATH # the pinned Node, whatever the machine has

part() { [[ " ${PARTS:-terraform scripts workflows kubernetes helm images} " == *" $1 "* ]]; }
has() { command -v "$1" >/dev/null; }
skip() { echo "skipped: $*"; }
check() { # name, command...
  local name=$1
  shift
  if "$@" >"$work/output" 2>&1; then echo "ok: $name"; else
    echo "FAILED: $name"
    cat "$work/output"
    failed=1
  fi
}

# --- Terraform -------------------------------------------------------------------------------------------------------

terraform_with_real_provider() {
  cd "$root/infra/terraform"
  export TF_DATA_DIR=$work/terraform
  terraform fmt -check -recursive -diff && terraform init -backend=false -input=false && terraform validate && terraform test
}

# A provider that knows only the schema answers on loopback.
start_provider() {
  cp "$tools"/terraform-offline/{provider.mjs,tf5.proto,schema.json} "$work"/
  (cd "$work" && echo '{"private":true,"type":"module"}' >package.json &&
    npm i --silent --no-audit --no-fund @grpc/grpc-js@1 @grpc/proto-loader@0.8 @msgpack/msgpack@3) || return 1
  node "$work/provider.mjs" "$work/schema.json" 0 "$work/reattach.json" >"$work/provider.log" 2>&1 &
  provider=$!
  for _ in $(seq 100); do
    [ -s "$work/reattach.json" ] && break
    sleep 0.1
  done
  TF_REATTACH_PROVIDERS=$(cat "$work/reattach.json")
  export TF_REATTACH_PROVIDERS TF_CLI_CONFIG_FILE=/dev/null CHECKPOINT_DISABLE=1 TF_DATA_DIR=$work/plan-data
}

plan_as_json() {
  local digest=sha256:0000000000000000000000000000000000000000000000000000000000000001
  cd "$root/infra/terraform"
  terraform init -backend=false -input=false -lockfile=readonly >"$work/init.log" || { cat "$work/init.log"; return 1; }
  terraform plan -input=false -no-color -out="$work/plan" \
    -var project_id=my-pictures -var "image=registry.test/imagetx@$digest" -var "batch_image=registry.test/imagebatch@$digest" \
    -var function_archive=tests/fixtures/fan.zip.txt -var 'cdn_domains=["img.example.com"]' \
    -var 'onthefly={enabled=true}' -var 'inline_invokers=["user:me@example.com"]' \
    -var 'uploads={enabled=true,origins=["https://www.example.com"]}' -var 'backfill={enabled=true}' \
    -var 'events={topic="image-events",webhook="https://hooks.example.com/images"}' || return 1
  terraform show -json "$work/plan" | node "$root/test/infra/plan.ts" "$root/infra/terraform" >"$work/planned.json"
}

# The folder as a module, twice, with a provider of its caller. A copy: the example names the archive that a build makes.
example() {
  mkdir -p "$work/checkout/dist" "$work/checkout/infra"
  cp -r "$root/infra/terraform" "$work/checkout/infra/"
  touch "$work/checkout/dist/fan.zip"
  "$tools/terraform-offline/check.sh" "$work/checkout/infra/terraform/examples/two_deployments"
}

one_layout() { node -p 'JSON.stringify(JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")), null, 1)' "$1"; }
same_plan() { diff <(one_layout "$root/test/infra/planned.json") <(one_layout "$work/planned.json"); }

if ! part terraform; then :; elif ! has terraform; then
  skip "Terraform: terraform is not installed"
elif [ -d "$tools/terraform-offline" ]; then
  check "Terraform: fmt, validate, test (offline)" "$tools/terraform-offline/check.sh" "$root/infra/terraform"
  check "Terraform: the folder as a module, two deployments (offline)" example
  if start_provider; then
    check "Terraform: plan (offline)" plan_as_json
    if [ "${1:-}" = --update ]; then cp "$work/planned.json" "$root/test/infra/planned.json"; fi
    check "Terraform: test/infra/planned.json is this plan (else: infra/check.sh --update)" same_plan
  else
    skip "Terraform: plan: the packages of the provider that answers offline could not be installed"
  fi
else
  check "Terraform: fmt, validate, test (real provider)" terraform_with_real_provider
  skip "Terraform: plan: needs credentials of a project; test/infra/planned.json is compared by hash only"
fi

# --- gcloud scripts --------------------------------------------------------------------------------------------------

if ! part scripts; then :; elif has shellcheck; then
  check "shell scripts: shellcheck" shellcheck -x "$root/infra/check.sh" "$root"/.ci/* "$root"/infra/gcloud/*.sh "$root"/infra/image/*.sh "$root/test/infra/gcloud"
else
  skip "shell scripts: shellcheck is not installed"
fi

lint_gcloud() { # every command that the scripts run, as recorded, and those of the document
  node "$root/test/infra/commands.ts" >"$work/commands.md" || return 1
  # The linter knows no variables.
  # shellcheck disable=SC2016 # the text has the variables' names
  sed 's/"\?\$PROJECT_ID"\?/my-pictures/g; s/"\?\$REGION"\?/us-central1/g' "$root/docs/deploy.md" >"$work/deploy.md"
  local text
  for text in "$work/commands.md" "$work/deploy.md"; do
    gcloud meta lint-gcloud-commands --commands-text-file="$text" >"$work/lint.json" || return 1
    node -e '
      const rows = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
      const bad = rows.filter((row) => !row.success);
      for (const row of bad) console.log(row.command_string ?? row.command_string_no_args, "->", row.error_message);
      console.log(rows.length, "commands");
      process.exitCode = bad.length > 0 || rows.length === 0 ? 1 : 0;' "$work/lint.json" || return 1
  done
}
if ! part scripts; then :; elif has gcloud; then check "gcloud: every command and flag exists" lint_gcloud; else skip "gcloud: gcloud is not installed"; fi

# --- Workflows, unit --------------------------------------------------------------------------------------------------

if ! part workflows; then :; elif has actionlint; then
  check "workflows: actionlint" actionlint "$root"/.github/workflows/*.yml
else
  skip "workflows: actionlint is not installed (go install github.com/rhysd/actionlint/cmd/actionlint@latest)"
fi

# With a program that exists here in the place of ours.
verify_unit() {
  sed "s|^ExecStart=\S*|ExecStart=/bin/true|" "$root/infra/systemd/imagetx.service" >"$work/imagetx.service"
  systemd-analyze verify "$work/imagetx.service"
}
if ! part workflows; then :; elif has systemd-analyze; then check "systemd: the unit is valid" verify_unit; else
  skip "systemd: systemd-analyze is not installed"
fi

# --- Kubernetes ------------------------------------------------------------------------------------------------------

render() { # a folder -> one file, its name
  local out
  out=$work/k8s-$(echo "${1#"$root"/infra/kubernetes/}" | tr / -).yaml
  kubectl kustomize "$1" >"$out" && echo "$out"
}

if ! part kubernetes; then :; elif ! has kubectl; then
  skip "Kubernetes: kubectl is not installed"
else
  export K8S_CHECK_DIR=$work/k8s-check
  mkdir -p "$K8S_CHECK_DIR"
  for folder in "$root"/infra/kubernetes/base "$root"/infra/kubernetes/overlays/* "$root"/infra/kubernetes/imaginary; do
    name=${folder#"$root"/}
    if ! file=$(render "$folder"); then
      echo "FAILED: Kubernetes: $name does not render"
      failed=1
    elif [ -d "$tools/k8s-check" ]; then
      check "Kubernetes: $name (offline)" "$tools/k8s-check/check.sh" "$file"
    elif kubectl version >/dev/null 2>&1; then
      check "Kubernetes: $name (this cluster, dry run)" kubectl apply --dry-run=server -f "$file"
    else
      skip "Kubernetes: $name renders; no checker and no cluster to validate it"
    fi
  done
fi

# --- Helm ------------------------------------------------------------------------------------------------------------

# An option for every template; the test of the chart compares it with the Kustomize base.
helm_as_manifests() {
  local chart=$root/infra/helm/imagetx
  helm lint --strict "$chart" --values "$chart/ci/everything.yaml" --kube-version 1.33.0 &&
    helm lint --strict "$chart" --values "$chart/values-imaginary.yaml" --set image.repository=registry.test/imagetx --kube-version 1.33.0 &&
    helm template imagetx "$chart" --values "$chart/ci/everything.yaml" --kube-version 1.33.0 >"$work/helm.yaml"
}
if ! part helm; then :; elif ! has helm; then
  skip "Helm: helm is not installed (go install helm.sh/helm/v3/cmd/helm@latest)"
else
  check "Helm: lint, template" helm_as_manifests
  if [ -d "$tools/k8s-check" ]; then
    export K8S_CHECK_DIR=$work/k8s-check
    mkdir -p "$K8S_CHECK_DIR"
    check "Helm: every object with every option (offline)" "$tools/k8s-check/check.sh" "$work/helm.yaml"
  else
    skip "Helm: objects: no checker"
  fi
fi

# --- Images ----------------------------------------------------------------------------------------------------------

# Built and run for real without a Docker engine. CI installs the tools for that; elsewhere missing tools skip this part.
image_tools="buildah podman runc"
missing() { for tool in $image_tools; do has "$tool" || echo "$tool"; done; }
if [ -n "$(missing)" ] && [ "${CI:-}" = true ] && [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then
  # shellcheck disable=SC2086 # a list
  (apt-get update -qq && apt-get install -y -qq --no-install-recommends $image_tools) >"$work/apt.log" 2>&1 || true
fi

test_image() { "$root/infra/image/build.sh" "$1" && node "$root/infra/image/test.ts" "$1"; }

if ! part images; then :; elif [ "$(id -u)" != 0 ] || [ ! -f /etc/debian_version ]; then
  skip "images: they are built as root on Debian"
elif [ -n "$(missing)" ]; then
  skip "images: not installed: $(missing | tr '\n' ' ')"
else
  for image in imagetx-slim imagetx-full imagebatch-slim imagebatch-full; do
    check "image: $image builds, runs read-only as nobody, keeps its promises" test_image "$image"
  done
fi

exit "$failed"
