# shellcheck shell=bash disable=SC2034,SC2154
# Part of deploy.sh: new objects of the destination and records buckets as messages of a topic.

step "Events"
topic=$PREFIX$EVENTS_TOPIC
exists gcloud pubsub topics describe "$topic" ||
  gcloud pubsub topics create "$topic" --message-retention-duration=86400s --labels="app=${PREFIX}imagetx"
for bucket in "$DST" "$RECORDS"; do
  gcloud storage buckets notifications list "gs://$bucket" --format='value("Notification Configuration".topic)' | grep -q "/topics/$topic\$" ||
    gcloud storage buckets notifications create "gs://$bucket" --topic="$topic" --event-types=OBJECT_FINALIZE --payload-format=json
done

if [ -n "$EVENTS_WEBHOOK" ]; then
  exists gcloud pubsub subscriptions describe "${PREFIX}imagetx-webhook" ||
    gcloud pubsub subscriptions create "${PREFIX}imagetx-webhook" --topic="$topic" --ack-deadline=60 \
      --push-endpoint="$EVENTS_WEBHOOK" --push-auth-service-account="$(account events)" \
      --push-auth-token-audience="$EVENTS_WEBHOOK" --min-retry-delay=10s --max-retry-delay=600s
fi
