#!/usr/bin/env bash
# Deletes what deploy.sh made, in the reverse order. It skips resources that are already gone.
# Buckets with objects stay unless DELETE_BUCKETS=yes; APIs stay enabled. q1's name is blocked for days after its queue is deleted.
#
#   PROJECT_ID=my-pictures [DELETE_BUCKETS=yes] infra/gcloud/destroy.sh
#
# with the settings that deploy.sh was given (NAME_PREFIX, QUEUES, EVENTS_TOPIC).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=SCRIPTDIR/settings.sh
. "$here/settings.sh"
DELETE_BUCKETS=${DELETE_BUCKETS:-no}

# The first argument list asks whether it exists: a failed deletion stops the script, an absent thing does not.
step "Metrics"
for metric in bytes dead_letters; do
  if exists gcloud logging metrics describe "${PREFIX}imagetx/$metric"; then gcloud logging metrics delete "${PREFIX}imagetx/$metric"; fi
done

step "Load balancer"
for rule in "${PREFIX}imagetx-https" "${PREFIX}imagetx-http"; do
  if exists gcloud compute forwarding-rules describe "$rule" --global; then gcloud compute forwarding-rules delete "$rule" --global; fi
done
if exists gcloud compute target-https-proxies describe "${PREFIX}imagetx-https" --global; then gcloud compute target-https-proxies delete "${PREFIX}imagetx-https" --global; fi
if exists gcloud compute target-http-proxies describe "${PREFIX}imagetx-http" --global; then gcloud compute target-http-proxies delete "${PREFIX}imagetx-http" --global; fi
for map in "${PREFIX}imagetx-cdn" "${PREFIX}imagetx-redirect"; do
  if exists gcloud compute url-maps describe "$map" --global; then gcloud compute url-maps delete "$map" --global; fi
done
if exists gcloud compute backend-services describe "${PREFIX}imagetx-onthefly" --global; then gcloud compute backend-services delete "${PREFIX}imagetx-onthefly" --global; fi
if exists gcloud compute network-endpoint-groups describe "${PREFIX}imagetx-onthefly" --region="$REGION"; then
  gcloud compute network-endpoint-groups delete "${PREFIX}imagetx-onthefly" --region="$REGION"
fi
if exists gcloud compute backend-buckets describe "${PREFIX}imagetx-dst"; then gcloud compute backend-buckets delete "${PREFIX}imagetx-dst"; fi
for policy in "${PREFIX}imagetx-edge" "${PREFIX}imagetx-onthefly"; do
  if exists gcloud compute security-policies describe "$policy"; then gcloud compute security-policies delete "$policy"; fi
done
for certificate in $(gcloud compute ssl-certificates list --filter="name~^${PREFIX}imagetx-(own-)?[0-9a-f]{8}\$" --format='value(name)' --global); do
  gcloud compute ssl-certificates delete "$certificate" --global
done
if exists gcloud compute ssl-policies describe "${PREFIX}imagetx-modern"; then gcloud compute ssl-policies delete "${PREFIX}imagetx-modern"; fi
if exists gcloud compute addresses describe "${PREFIX}imagetx-cdn" --global; then gcloud compute addresses delete "${PREFIX}imagetx-cdn" --global; fi

step "Events"
if exists gcloud pubsub subscriptions describe "${PREFIX}imagetx-webhook"; then gcloud pubsub subscriptions delete "${PREFIX}imagetx-webhook"; fi
if [ -n "$EVENTS_TOPIC" ]; then
  for bucket in "$DST" "$RECORDS"; do
    exists gcloud storage buckets describe "gs://$bucket" || continue
    for notification in $(gcloud storage buckets notifications list "gs://$bucket" --format='value("Notification Configuration".selfLink.scope("v1/b"))' | sed 's/^/projects\/_\/buckets\//'); do
      gcloud storage buckets notifications delete "$notification"
    done
  done
  if exists gcloud pubsub topics describe "$PREFIX$EVENTS_TOPIC"; then gcloud pubsub topics delete "$PREFIX$EVENTS_TOPIC"; fi
fi

step "Job, function, services, queues"
if exists gcloud run jobs describe "${PREFIX}backfill" --region="$REGION"; then gcloud run jobs delete "${PREFIX}backfill" --region="$REGION"; fi
if exists gcloud functions describe "${PREFIX}fan" --region="$REGION"; then gcloud functions delete "${PREFIX}fan" --gen2 --region="$REGION"; fi
for service in onthefly imagetx imagebatch; do
  if exists gcloud run services describe "$PREFIX$service" --region="$REGION"; then gcloud run services delete "$PREFIX$service" --region="$REGION"; fi
done
for queue in $(queues); do
  if exists gcloud tasks queues describe "$queue" --location="$REGION"; then gcloud tasks queues delete "$queue" --location="$REGION"; fi
done

step "Images, secret"
for repository in "${PREFIX}imagetx" "${PREFIX}imagetx-functions"; do
  if exists gcloud artifacts repositories describe "$repository" --location="$REGION"; then
    gcloud artifacts repositories delete "$repository" --location="$REGION"
  fi
done
if exists gcloud secrets describe "${PREFIX}imagetx-signature-key"; then gcloud secrets delete "${PREFIX}imagetx-signature-key"; fi

step "Buckets"
for bucket in "$SRC" "$DST" "$RECORDS" "$GCF" "$RESULTS"; do
  exists gcloud storage buckets describe "gs://$bucket" || continue
  if [ "$DELETE_BUCKETS" = yes ]; then
    gcloud storage rm "gs://$bucket" --recursive
  else
    gcloud storage buckets delete "gs://$bucket" || echo "kept gs://$bucket: it holds objects (DELETE_BUCKETS=yes deletes them)"
  fi
done

step "Project roles, then accounts: a role of a deleted account would stay behind"
revoke() {
  gcloud projects remove-iam-policy-binding "$PROJECT_ID" --all --member="serviceAccount:$1" --role="$2" >/dev/null 2>&1 || true
}
for component in imagetx imagebatch onthefly fan tasks trigger build backfill events; do
  exists gcloud iam service-accounts describe "$(account "$component")" || continue
  for role in monitoring.metricWriter telemetry.tracesWriter eventarc.eventReceiver logging.logWriter storage.objectViewer; do
    revoke "$(account "$component")" "roles/$role"
  done
  gcloud iam service-accounts delete "$(account "$component")"
done
