# shellcheck shell=bash disable=SC2034
# Settings of deploy.sh and destroy.sh, from the environment. Names and numbers are those of infra/terraform (a test
# compares them).

: "${PROJECT_ID:?the project id, such as my-pictures-123}"
REGION=${REGION:-us-central1}

# Put before every name, with a hyphen, so that a project has room for several deployments.
NAME_PREFIX=${NAME_PREFIX:-}
PREFIX=${NAME_PREFIX:+$NAME_PREFIX-}
BUCKET_PREFIX=${BUCKET_PREFIX:-$PROJECT_ID-${PREFIX}imagetx}

# The CDN: comma-separated host names for a managed certificate, or the files of an own one (then CDN_HOST may name it).
CDN_DOMAINS=${CDN_DOMAINS:-}
CDN_CERTIFICATE=${CDN_CERTIFICATE:-}
CDN_PRIVATE_KEY=${CDN_PRIVATE_KEY:-}
CDN_HOST=${CDN_HOST:-${CDN_DOMAINS%%,*}}

# true: the on-the-fly door behind the same load balancer. Requests of one address that miss the cache are limited to
# REQUESTS_PER_MINUTE (0: not). RESULTS_DAYS: how long answers are kept in a bucket (0: not kept).
ONTHEFLY=${ONTHEFLY:-false}
REQUESTS_PER_MINUTE=${REQUESTS_PER_MINUTE:-600}
RESULTS_DAYS=${RESULTS_DAYS:-0}

# Days after which every original is deleted from the source bucket, including those that the on-the-fly door reads.
# 0 keeps them; empty leaves the bucket's rules as they are.
SOURCE_DAYS=${SOURCE_DAYS:-}

# Object with the presets of all doors, such as gs://my-config/presets.yaml.
PRESETS=${PRESETS:-}

# true: direct uploads (POST /uploads). UPLOAD_ORIGINS: comma-separated origins whose pages may use upload URLs that are
# signed by Cloud Storage.
UPLOADS=${UPLOADS:-false}
UPLOAD_ORIGINS=${UPLOAD_ORIGINS:-}

# Topic that tells of outputs, failures and manifests; URL that gets each message by POST.
EVENTS_TOPIC=${EVENTS_TOPIC:-}
EVENTS_WEBHOOK=${EVENTS_WEBHOOK:-}

# Queues that tasks are spread over, for more than 500 a second.
QUEUES=${QUEUES:-1}

# true: `imagetx backfill` as a job, for the objects below BACKFILL_PREFIX.
BACKFILL=${BACKFILL:-false}
BACKFILL_TASKS=${BACKFILL_TASKS:-4}
BACKFILL_PREFIX=${BACKFILL_PREFIX:-}

# Further settings of each component (docs/configuration.md), separated by `|`: FAN_ENV='NAMES=full|EXCLUDE=tmp/**'.
IMAGETX_ENV=${IMAGETX_ENV:-}
IMAGEBATCH_ENV=${IMAGEBATCH_ENV:-}
ONTHEFLY_ENV=${ONTHEFLY_ENV:-}
FAN_ENV=${FAN_ENV:-}

# Who may call the inline service, such as user:me@example.com.
INLINE_INVOKER=${INLINE_INVOKER:-}

# true: sizes, limits and rules of what exists go back to those of this release. Else they stay as they are.
RESET=${RESET:-false}

SRC=$BUCKET_PREFIX-src
DST=$BUCKET_PREFIX-dst
RECORDS=$BUCKET_PREFIX-records
GCF=$BUCKET_PREFIX-gcf
RESULTS=$BUCKET_PREFIX-results

export CLOUDSDK_CORE_PROJECT=$PROJECT_ID CLOUDSDK_CORE_DISABLE_PROMPTS=1

# The e-mail address of a component's account.
account() { echo "${PREFIX}img-$1@$PROJECT_ID.iam.gserviceaccount.com"; }

# Prints the step. `exists` prints nothing: its output is not for people.
step() { printf '\n== %s\n' "$*"; }
exists() { "$@" >/dev/null 2>&1; }

# Whether what the arguments describe gets this release's sizes and rules: when it is made, and with RESET=true.
fresh() { [ "$RESET" = true ] || ! exists "$@"; }

queues() { for number in $(seq "$QUEUES"); do echo "${PREFIX}q$number"; done; }
has_cdn() { [ -n "$CDN_DOMAINS$CDN_CERTIFICATE" ]; }
has_results() { [ "$ONTHEFLY" = true ] && [ "$RESULTS_DAYS" != 0 ]; }

# Stops where a component's own settings do not exist: component, program, settings.
check_settings() {
  local name
  for name in $(tr '|' '\n' <<<"$3" | sed -n 's/=.*//p'); do
    # shellcheck disable=SC2154 # the scripts that include this file set it
    sed -n "/^  \"$2\": {/,/^  }/p" "$here/../terraform/settings.json" | grep -q "^    \"$name\":" ||
      { echo "$1: no such setting: $name; docs/configuration.md lists them" >&2; exit 2; }
  done
}
