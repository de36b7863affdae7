# shellcheck shell=bash disable=SC2034,SC2154
# Part of deploy.sh: one account per component, no more roles than it needs. The project's default accounts are not used.

step "Accounts"
components=(imagetx imagebatch fan tasks trigger build)
if [ "$ONTHEFLY" = true ]; then components+=(onthefly); fi
if [ "$BACKFILL" = true ]; then components+=(backfill); fi
if [ -n "$EVENTS_WEBHOOK" ]; then components+=(events); fi
for component in "${components[@]}"; do
  exists gcloud iam service-accounts describe "$(account "$component")" ||
    gcloud iam service-accounts create "${PREFIX}img-$component"
done

# Roles that have no narrower place than the project.
grant() {
  gcloud projects add-iam-policy-binding "$PROJECT_ID" --condition=None --member="serviceAccount:$1" --role="$2"
}
for component in "${components[@]}"; do
  case $component in
    imagetx | imagebatch | onthefly)
      grant "$(account "$component")" roles/monitoring.metricWriter
      grant "$(account "$component")" roles/telemetry.tracesWriter
      ;;
    fan) grant "$(account fan)" roles/telemetry.tracesWriter ;;
    trigger) grant "$(account trigger)" roles/eventarc.eventReceiver ;;
    build) grant "$(account build)" roles/logging.logWriter ;;
  esac
done

# Cloud Functions copies the source into a bucket of its own, which exists only after the first deployment.
gcloud projects add-iam-policy-binding "$PROJECT_ID" --member="serviceAccount:$(account build)" --role=roles/storage.objectViewer \
  --condition='expression=resource.name.startsWith("projects/_/buckets/gcf-v2-sources-"),title=function-sources'

# Cloud Storage announces new objects through Pub/Sub. Asking for the agent creates it.
grant "$(gcloud storage service-agent --project="$PROJECT_ID")" roles/pubsub.publisher
# Normally automatic; on a new project the trigger may come sooner.
grant "service-$NUMBER@gcp-sa-eventarc.iam.gserviceaccount.com" roles/eventarc.serviceAgent

# They make tasks that run as img-tasks.
for component in fan $([ "$BACKFILL" = false ] || echo backfill); do
  gcloud iam service-accounts add-iam-policy-binding "$(account tasks)" \
    --member="serviceAccount:$(account "$component")" --role=roles/iam.serviceAccountUser
done
