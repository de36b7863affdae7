# shellcheck shell=bash disable=SC2034,SC2154
# Part of deploy.sh: the command `imagetx backfill` as a job, whose tasks share the objects.

step "Backfill, a job that is started by hand"
sizes=()
if fresh gcloud run jobs describe "${PREFIX}backfill" --region="$REGION"; then
  sizes=(--tasks="$BACKFILL_TASKS" --parallelism="$BACKFILL_TASKS" --task-timeout=86400s --max-retries=10 --cpu=1 --memory=512Mi
    --labels="app=${PREFIX}imagetx" --args="^|^backfill|gs://$SRC/$BACKFILL_PREFIX|--project|$PROJECT_ID|--fan-service|${PREFIX}fan")
fi
gcloud run jobs deploy "${PREFIX}backfill" --region="$REGION" --image="$IMAGE" --service-account="$(account backfill)" \
  ${sizes[@]+"${sizes[@]}"} --update-env-vars="^|^$FAN_WIRES|RECORDS_BUCKET=$RECORDS${FAN_ENV:+|$FAN_ENV}"
# It plans with the settings of the running Fan.
gcloud run services add-iam-policy-binding "${PREFIX}fan" --region="$REGION" \
  --member="serviceAccount:$(account backfill)" --role=roles/run.viewer
