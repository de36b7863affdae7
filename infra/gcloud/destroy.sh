#!/usr/bin/env bash
# Deletes what deploy.sh made, in the reverse order. It skips resources that are already gone.
# Buckets with objects stay unless DELETE_BUCKETS=yes; APIs stay enabled. q1's name is blocked for days after its queue is deleted.
#
#   PROJECT_ID=my-pictures [DELETE_BUCKETS=yes] infra/gcloud/destroy.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=SCRIPTDIR/settings.sh
. "$here/settings.sh"
DELETE_BUCKETS=${DELETE_BUCKETS:-no}

# The first argument list asks whether it exists: a failed deletion stops the script, an absent thing does not.
step "Metrics"
for metric in bytes dead_letters; do
  if exists gcloud logging metrics describe "imagetx/$metric"; then gcloud logging metrics delete "imagetx/$metric"; fi
done

step "Load balancer"
for rule in imagetx-https imagetx-http; do
  if exists gcloud compute forwarding-rules describe "$rule" --global; then gcloud compute forwarding-rules delete "$rule" --global; fi
done
if exists gcloud compute target-https-proxies describe imagetx-https --global; then gcloud compute target-https-proxies delete imagetx-https --global; fi
if exists gcloud compute target-http-proxies describe imagetx-http --global; then gcloud compute target-http-proxies delete imagetx-http --global; fi
for map in imagetx-cdn imagetx-redirect; do
  if exists gcloud compute url-maps describe "$map" --global; then gcloud compute url-maps delete "$map" --global; fi
done
if exists gcloud compute backend-services describe imagetx-onthefly --global; then gcloud compute backend-services delete imagetx-onthefly --global; fi
if exists gcloud compute network-endpoint-groups describe imagetx-onthefly --region="$REGION"; then
  gcloud compute network-endpoint-groups delete imagetx-onthefly --region="$REGION"
fi
if exists gcloud compute backend-buckets describe imagetx-dst; then gcloud compute backend-buckets delete imagetx-dst; fi
if exists gcloud compute security-policies describe imagetx-edge; then gcloud compute security-policies delete imagetx-edge; fi
for certificate in $(gcloud compute ssl-certificates list --filter='name~^imagetx-' --format='value(name)' --global); do
  gcloud compute ssl-certificates delete "$certificate" --global
done
if exists gcloud compute ssl-policies describe imagetx-modern; then gcloud compute ssl-policies delete imagetx-modern; fi
if exists gcloud compute addresses describe imagetx-cdn --global; then gcloud compute addresses delete imagetx-cdn --global; fi

step "Function, services, queue"
if exists gcloud functions describe fan --region="$REGION"; then gcloud functions delete fan --gen2 --region="$REGION"; fi
for service in onthefly imagetx imagebatch; do
  if exists gcloud run services describe "$service" --region="$REGION"; then gcloud run services delete "$service" --region="$REGION"; fi
done
if exists gcloud tasks queues describe q1 --location="$REGION"; then gcloud tasks queues delete q1 --location="$REGION"; fi

step "Images, secret"
for repository in imagetx imagetx-functions; do
  if exists gcloud artifacts repositories describe "$repository" --location="$REGION"; then
    gcloud artifacts repositories delete "$repository" --location="$REGION"
  fi
done
if exists gcloud secrets describe imagetx-signature-key; then gcloud secrets delete imagetx-signature-key; fi

step "Buckets"
for bucket in "$SRC" "$DST" "$RECORDS" "$GCF"; do
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
for component in imagetx imagebatch onthefly fan tasks trigger build; do
  exists gcloud iam service-accounts describe "$(account "$component")" || continue
  for role in monitoring.metricWriter telemetry.tracesWriter eventarc.eventReceiver logging.logWriter storage.objectViewer; do
    revoke "$(account "$component")" "roles/$role"
  done
  gcloud iam service-accounts delete "$(account "$component")"
done
