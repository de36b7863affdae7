# shellcheck shell=bash disable=SC2034
# Settings of deploy.sh and destroy.sh, from the environment. Names and numbers are those of infra/terraform (a test
# compares them).

: "${PROJECT_ID:?the project id, such as my-pictures-123}"
REGION=${REGION:-us-central1}
BUCKET_PREFIX=${BUCKET_PREFIX:-$PROJECT_ID-imagetx}

# The CDN: comma-separated host names for a managed certificate, or the files of an own one (then CDN_HOST may name it).
CDN_DOMAINS=${CDN_DOMAINS:-}
CDN_CERTIFICATE=${CDN_CERTIFICATE:-}
CDN_PRIVATE_KEY=${CDN_PRIVATE_KEY:-}
CDN_HOST=${CDN_HOST:-${CDN_DOMAINS%%,*}}

# true: the on-the-fly door behind the same load balancer.
ONTHEFLY=${ONTHEFLY:-false}

# Days after which every original is deleted from the source bucket, including those that the on-the-fly door reads.
# 0 keeps them.
SOURCE_DAYS=${SOURCE_DAYS:-0}

# Further settings of the function Fan, such as NAMES=full,MAX_OUTPUTS=20.
FAN_SETTINGS=${FAN_SETTINGS:-}

# Who may call the inline service, such as user:me@example.com.
INLINE_INVOKER=${INLINE_INVOKER:-}

SRC=$BUCKET_PREFIX-src
DST=$BUCKET_PREFIX-dst
RECORDS=$BUCKET_PREFIX-records
GCF=$BUCKET_PREFIX-gcf

export CLOUDSDK_CORE_PROJECT=$PROJECT_ID CLOUDSDK_CORE_DISABLE_PROMPTS=1

# The e-mail address of a component's account.
account() { echo "img-$1@$PROJECT_ID.iam.gserviceaccount.com"; }

# Prints the step. `exists` prints nothing: its output is not for people.
step() { printf '\n== %s\n' "$*"; }
exists() { "$@" >/dev/null 2>&1; }

has_cdn() { [ -n "$CDN_DOMAINS$CDN_CERTIFICATE" ]; }
