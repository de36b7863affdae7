#!/usr/bin/env bash
# Deploys all doors with plain gcloud commands; the same as infra/terraform without dashboard, alerts, budget and private CDN.
# Every step may be repeated: new images and settings that join the parts are passed on; sizes, limits, rules and other
# settings of what exists stay as an operator has left them (RESET=true sets those of this release). Never run on a live project by its authors: see docs/deploy.md.
#
#   PROJECT_ID=my-pictures IMAGE=...@sha256:... BATCH_IMAGE=...@sha256:... infra/gcloud/deploy.sh
#
# Further settings: settings.sh. FUNCTION_SOURCE is the folder with Fan's bundle and package.json.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=SCRIPTDIR/settings.sh
. "$here/settings.sh"
: "${IMAGE:?image of the inline service, by digest (...@sha256:...)}" "${BATCH_IMAGE:?image of the converter, by digest}"
FUNCTION_SOURCE=${FUNCTION_SOURCE:-dist/fan}

for image in "$IMAGE" "$BATCH_IMAGE"; do
  [[ $image =~ @sha256:[0-9a-f]{64}$ ]] || { echo "$image is not named by digest: a tag can change under a running service" >&2; exit 2; }
done

for pair in imagetx:service onthefly:service imagebatch:converter fan:fan; do
  own=$(tr '[:lower:]' '[:upper:]' <<<"${pair%:*}")_ENV
  check_settings "$own" "${pair#*:}" "${!own}"
done

step "APIs"
gcloud services enable \
  artifactregistry.googleapis.com cloudbuild.googleapis.com cloudfunctions.googleapis.com cloudtasks.googleapis.com \
  cloudtrace.googleapis.com compute.googleapis.com eventarc.googleapis.com eventarcpublishing.googleapis.com \
  iam.googleapis.com logging.googleapis.com monitoring.googleapis.com pubsub.googleapis.com \
  run.googleapis.com secretmanager.googleapis.com storage.googleapis.com telemetry.googleapis.com

NUMBER=$(gcloud projects describe "$PROJECT_ID" --format='value(projectNumber)')
# Cloud Run's deterministic URL, known before the service exists. Cloud Tasks is internal traffic only through run.app.
BATCH_URL=https://${PREFIX}imagebatch-$NUMBER.$REGION.run.app
# Two pictures at a time, as many as cores. Cloud Run kills 10 s after SIGTERM.
COMMON_ENV="PROJECT_ID=$PROJECT_ID|GOOGLE_CLOUD_PROJECT=$PROJECT_ID"
DOORS_ENV="$COMMON_ENV${PRESETS:+|PRESETS=$PRESETS}" # the converter's tasks have the steps of presets
CHOICES="CONVERSIONS=2|DRAIN_MS=9000"
QUEUE=$(queues | paste -sd,)
FAN_WIRES="$DOORS_ENV|LOCATION=$REGION|QUEUE=$QUEUE|SRC_BUCKET_NAME=$SRC|DEST_BUCKET_NAME=$DST|RUN_URL=$BATCH_URL|RUN_AUDIENCE=$BATCH_URL|SERVICE_ACCOUNT=$(account tasks)"

# shellcheck source=SCRIPTDIR/services.sh
. "$here/services.sh"
# shellcheck source=SCRIPTDIR/identities.sh
. "$here/identities.sh"
# shellcheck source=SCRIPTDIR/storage.sh
. "$here/storage.sh"

step "Repositories for images"
for repository in "${PREFIX}imagetx" "${PREFIX}imagetx-functions"; do
  exists gcloud artifacts repositories describe "$repository" --location="$REGION" && [ "$RESET" = false ] && continue
  exists gcloud artifacts repositories describe "$repository" --location="$REGION" ||
    gcloud artifacts repositories create "$repository" --location="$REGION" --repository-format=docker
  [ "$repository" = "${PREFIX}imagetx" ] || continue
  gcloud artifacts repositories update "$repository" --location="$REGION" --immutable-tags
  gcloud artifacts repositories set-cleanup-policies "$repository" --location="$REGION" --policy="$here/cleanup.json"
done
gcloud artifacts repositories add-iam-policy-binding "${PREFIX}imagetx-functions" --location="$REGION" \
  --member="serviceAccount:$(account build)" --role=roles/artifactregistry.writer

step "Queues: never more at a time than the converter takes (10 instances x 4)"
# A deleted queue's name is blocked for days. A task ends only when attempts and duration are both used up.
for queue in $(queues); do
  if fresh gcloud tasks queues describe "$queue" --location="$REGION"; then
    verb=create
    if exists gcloud tasks queues describe "$queue" --location="$REGION"; then verb=update; fi
    gcloud tasks queues "$verb" "$queue" --location="$REGION" \
      --max-dispatches-per-second=50 --max-concurrent-dispatches=$((40 / QUEUES > 0 ? 40 / QUEUES : 1)) \
      --max-attempts=8 --max-retry-duration=3600s --min-backoff=2s --max-backoff=300s --max-doublings=5 \
      --log-sampling-ratio=1
  fi
  for component in fan $([ "$BACKFILL" = false ] || echo backfill); do
    gcloud tasks queues add-iam-policy-binding "$queue" --location="$REGION" \
      --member="serviceAccount:$(account "$component")" --role=roles/cloudtasks.enqueuer
  done
done

CDN_URL=
if has_cdn; then
  # shellcheck source=SCRIPTDIR/cdn.sh
  . "$here/cdn.sh"
fi

step "Converter: private, called by the queue only"
deploy_service imagebatch "$BATCH_IMAGE" \
  "$COMMON_ENV|SRC_BUCKET_NAME=$SRC|DEST_BUCKET_NAME=$DST|RECORDS_BUCKET=$RECORDS|RUN_URL=$BATCH_URL|RUN_AUDIENCE=$BATCH_URL|SERVICE_ACCOUNT=$(account tasks)${EVENTS_TOPIC:+|MANIFEST=true}" \
  "$CHOICES|MAX_ATTEMPTS=8|DELETE_SOURCE=false|IAM_VERIFIED=true" "$IMAGEBATCH_ENV" \
  --ingress=internal --memory=4Gi --concurrency=4 --timeout=600s
allow imagebatch "serviceAccount:$(account tasks)"

step "Inline service: private, IAM checks each caller"
deploy_service imagetx "$IMAGE" "$DOORS_ENV|DEST_BUCKET_NAME=$DST${CDN_URL:+|CDN_URL=$CDN_URL}$([ "$UPLOADS" = false ] || echo "|SRC_BUCKET_NAME=$SRC|RECORDS_BUCKET=$RECORDS")" \
  "$CHOICES|DOORS=inline|REQUIRE_AUTH=false" "$IMAGETX_ENV" \
  --ingress=all --memory=2Gi --concurrency=8 --timeout=300s
[ -z "$INLINE_INVOKER" ] || allow imagetx "$INLINE_INVOKER"

step "Function: one task per format that a new object asks for"
sizes=()
if fresh gcloud functions describe "${PREFIX}fan" --region="$REGION"; then
  sizes=(--cpu=1 --memory=512Mi --concurrency=40 --max-instances=10 --timeout=60s --ingress-settings=internal-only
    --no-allow-unauthenticated)
fi
# --retry: without it a failed event is reported as done and lost.
gcloud functions deploy "${PREFIX}fan" --gen2 --region="$REGION" --runtime=nodejs24 --entry-point=Fan \
  --source="$FUNCTION_SOURCE" --stage-bucket="$GCF" \
  --build-service-account="projects/$PROJECT_ID/serviceAccounts/$(account build)" \
  --docker-repository="projects/$PROJECT_ID/locations/$REGION/repositories/${PREFIX}imagetx-functions" \
  --service-account="$(account fan)" ${sizes[@]+"${sizes[@]}"} \
  --trigger-location="$REGION" --trigger-service-account="$(account trigger)" --retry \
  --trigger-event-filters="type=google.cloud.storage.object.v1.finalized,bucket=$SRC" \
  --update-env-vars="^|^$FAN_WIRES${FAN_ENV:+|$FAN_ENV}"
allow fan "serviceAccount:$(account trigger)"

if [ "$ONTHEFLY" = true ]; then
  # shellcheck source=SCRIPTDIR/onthefly.sh
  . "$here/onthefly.sh"
fi
if [ -n "$EVENTS_TOPIC" ]; then
  # shellcheck source=SCRIPTDIR/events.sh
  . "$here/events.sh"
fi
if [ "$BACKFILL" = true ]; then
  # shellcheck source=SCRIPTDIR/backfill.sh
  . "$here/backfill.sh"
fi

step "Metrics from log lines"
for metric in bytes dead_letters; do
  name=${PREFIX}imagetx/$metric
  fresh gcloud logging metrics describe "$name" || continue
  verb=create
  if exists gcloud logging metrics describe "$name"; then verb=update; fi
  config=$(mktemp)
  sed "s/PREFIX-/$PREFIX/g" "$here/metric-$metric.yaml" >"$config"
  gcloud logging metrics "$verb" "$name" --config-from-file="$config"
  rm "$config"
done

step "Done"
INLINE_URL=$(gcloud run services describe "${PREFIX}imagetx" --region="$REGION" --format='value(status.url)')
cat <<TRY
inline: curl -H "Authorization: Bearer \$(gcloud auth print-identity-token)" -F name=logo2 -F format=jpg -F image=@logo.png $INLINE_URL/convert
batch:  gsutil -h x-goog-meta-name:1 -h x-goog-meta-formats:svg,jpg cp logo.png gs://$SRC/
result: gcloud storage ls gs://$DST/   ${CDN_URL:+and $CDN_URL/1.jpg}
TRY
