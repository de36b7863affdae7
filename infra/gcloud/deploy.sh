#!/usr/bin/env bash
# Deploys all doors with plain gcloud commands; the same as infra/terraform without dashboard, alerts, budget and private CDN.
# Every step may be repeated: what exists is kept or updated. Never run on a live project by its authors: see docs/deploy.md.
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

step "APIs"
gcloud services enable \
  artifactregistry.googleapis.com cloudbuild.googleapis.com cloudfunctions.googleapis.com cloudtasks.googleapis.com \
  cloudtrace.googleapis.com compute.googleapis.com eventarc.googleapis.com eventarcpublishing.googleapis.com \
  iam.googleapis.com logging.googleapis.com monitoring.googleapis.com pubsub.googleapis.com \
  run.googleapis.com secretmanager.googleapis.com storage.googleapis.com telemetry.googleapis.com

NUMBER=$(gcloud projects describe "$PROJECT_ID" --format='value(projectNumber)')
# Cloud Run's deterministic URL, known before the service exists. Cloud Tasks is internal traffic only through run.app.
BATCH_URL=https://imagebatch-$NUMBER.$REGION.run.app
# Two pictures at a time, as many as cores. Cloud Run kills 10 s after SIGTERM.
COMMON_ENV=PROJECT_ID=$PROJECT_ID,GOOGLE_CLOUD_PROJECT=$PROJECT_ID,CONVERSIONS=2,DRAIN_MS=9000

# shellcheck source=SCRIPTDIR/identities.sh
. "$here/identities.sh"
# shellcheck source=SCRIPTDIR/storage.sh
. "$here/storage.sh"

step "Repositories for images"
for repository in imagetx imagetx-functions; do
  exists gcloud artifacts repositories describe "$repository" --location="$REGION" ||
    gcloud artifacts repositories create "$repository" --location="$REGION" --repository-format=docker
done
gcloud artifacts repositories update imagetx --location="$REGION" --immutable-tags
gcloud artifacts repositories set-cleanup-policies imagetx --location="$REGION" --policy="$here/cleanup.json"
gcloud artifacts repositories add-iam-policy-binding imagetx-functions --location="$REGION" \
  --member="serviceAccount:$(account build)" --role=roles/artifactregistry.writer

step "Queue: never more at a time than the converter takes (10 instances x 4)"
# A deleted queue's name is blocked for days. A task ends only when attempts and duration are both used up.
verb=create
if exists gcloud tasks queues describe q1 --location="$REGION"; then verb=update; fi
gcloud tasks queues "$verb" q1 --location="$REGION" \
  --max-dispatches-per-second=50 --max-concurrent-dispatches=40 \
  --max-attempts=8 --max-retry-duration=3600s --min-backoff=2s --max-backoff=300s --max-doublings=5 \
  --log-sampling-ratio=1
gcloud tasks queues add-iam-policy-binding q1 --location="$REGION" \
  --member="serviceAccount:$(account fan)" --role=roles/cloudtasks.enqueuer

CDN_URL=
if has_cdn; then
  # shellcheck source=SCRIPTDIR/cdn.sh
  . "$here/cdn.sh"
fi

step "Converter: private, called by the queue only"
gcloud run deploy imagebatch --region="$REGION" --image="$BATCH_IMAGE" \
  --service-account="$(account imagebatch)" --ingress=internal --no-allow-unauthenticated \
  --execution-environment=gen2 --cpu=2 --memory=4Gi --concurrency=4 --timeout=600s \
  --min-instances=0 --max-instances=10 --cpu-boost --cpu-throttling --labels=app=imagetx \
  --startup-probe=httpGet.path=/readyz,httpGet.port=8080,periodSeconds=1,failureThreshold=30 \
  --liveness-probe=httpGet.path=/healthz,httpGet.port=8080,periodSeconds=10,failureThreshold=3,timeoutSeconds=5 \
  --set-env-vars="$COMMON_ENV,SRC_BUCKET_NAME=$SRC,DEST_BUCKET_NAME=$DST,RECORDS_BUCKET=$RECORDS,RUN_URL=$BATCH_URL,RUN_AUDIENCE=$BATCH_URL,SERVICE_ACCOUNT=$(account tasks),MAX_ATTEMPTS=8,DELETE_SOURCE=false,IAM_VERIFIED=true"
gcloud run services add-iam-policy-binding imagebatch --region="$REGION" \
  --member="serviceAccount:$(account tasks)" --role=roles/run.invoker

step "Inline service: private, IAM checks each caller"
gcloud run deploy imagetx --region="$REGION" --image="$IMAGE" \
  --service-account="$(account imagetx)" --ingress=all --no-allow-unauthenticated \
  --execution-environment=gen2 --cpu=2 --memory=2Gi --concurrency=8 --timeout=60s \
  --min-instances=0 --max-instances=10 --cpu-boost --cpu-throttling --labels=app=imagetx \
  --startup-probe=httpGet.path=/readyz,httpGet.port=8080,periodSeconds=1,failureThreshold=30 \
  --liveness-probe=httpGet.path=/healthz,httpGet.port=8080,periodSeconds=10,failureThreshold=3,timeoutSeconds=5 \
  --set-env-vars="$COMMON_ENV,DOORS=inline,DEST_BUCKET_NAME=$DST,REQUIRE_AUTH=false${CDN_URL:+,CDN_URL=$CDN_URL}"
[ -z "$INLINE_INVOKER" ] || gcloud run services add-iam-policy-binding imagetx --region="$REGION" \
  --member="$INLINE_INVOKER" --role=roles/run.invoker

step "Function: one task per format that a new object asks for"
# --retry: without it a failed event is reported as done and lost.
gcloud functions deploy fan --gen2 --region="$REGION" --runtime=nodejs24 --entry-point=Fan \
  --source="$FUNCTION_SOURCE" --stage-bucket="$GCF" \
  --build-service-account="projects/$PROJECT_ID/serviceAccounts/$(account build)" \
  --docker-repository="projects/$PROJECT_ID/locations/$REGION/repositories/imagetx-functions" \
  --service-account="$(account fan)" --ingress-settings=internal-only --no-allow-unauthenticated \
  --cpu=1 --memory=512Mi --concurrency=40 --max-instances=10 --timeout=60s \
  --trigger-location="$REGION" --trigger-service-account="$(account trigger)" --retry \
  --trigger-event-filters="type=google.cloud.storage.object.v1.finalized,bucket=$SRC" \
  --set-env-vars="${FAN_SETTINGS:+$FAN_SETTINGS,}PROJECT_ID=$PROJECT_ID,GOOGLE_CLOUD_PROJECT=$PROJECT_ID,LOCATION=$REGION,QUEUE=q1,SRC_BUCKET_NAME=$SRC,DEST_BUCKET_NAME=$DST,RUN_URL=$BATCH_URL,RUN_AUDIENCE=$BATCH_URL,SERVICE_ACCOUNT=$(account tasks)"
gcloud run services add-iam-policy-binding fan --region="$REGION" \
  --member="serviceAccount:$(account trigger)" --role=roles/run.invoker

if [ "$ONTHEFLY" = true ]; then
  # shellcheck source=SCRIPTDIR/onthefly.sh
  . "$here/onthefly.sh"
fi

step "Metrics from log lines"
for metric in bytes dead_letters; do
  verb=create
  if exists gcloud logging metrics describe "imagetx/$metric"; then verb=update; fi
  gcloud logging metrics "$verb" "imagetx/$metric" --config-from-file="$here/metric-$metric.yaml"
done

step "Done"
INLINE_URL=$(gcloud run services describe imagetx --region="$REGION" --format='value(status.url)')
cat <<TRY
inline: curl -H "Authorization: Bearer \$(gcloud auth print-identity-token)" -F name=logo2 -F format=jpg -F image=@logo.png $INLINE_URL/convert
batch:  gsutil -h x-goog-meta-name:1 -h x-goog-meta-formats:svg,jpg cp logo.png gs://$SRC/
result: gcloud storage ls gs://$DST/   ${CDN_URL:+and $CDN_URL/1.jpg}
TRY
