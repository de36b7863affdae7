# shellcheck shell=bash disable=SC2034,SC2154
# Part of deploy.sh: originals (src), outputs (dst), failures and manifests (records), the function's source (gcf), kept
# answers (results).

step "Buckets"
for bucket in "$SRC" "$DST" "$RECORDS" "$GCF" $(if has_results; then echo "$RESULTS"; fi); do
  if ! exists gcloud storage buckets describe "gs://$bucket"; then
    gcloud storage buckets create "gs://$bucket" --location="$REGION" --uniform-bucket-level-access --public-access-prevention
    # What can be made again: the default soft delete would bill every object that is written over.
    # Uploads that were only started end after a month.
    [ "$bucket" != "$RECORDS" ] || gcloud storage buckets update "gs://$bucket" --lifecycle-file="$here/records.json"
    case $bucket in "$DST" | "$RESULTS") gcloud storage buckets update "gs://$bucket" --clear-soft-delete ;; esac
  fi
done
# Writes a bucket's rule: objects end by their age.
delete_after() { # bucket, days
  local rules
  rules=$(mktemp)
  printf '{ "rule": [{ "action": { "type": "Delete" }, "condition": { "age": %s } }] }\n' "$2" >"$rules"
  gcloud storage buckets update "gs://$1" --lifecycle-file="$rules"
  rm "$rules"
}
case $SOURCE_DAYS in
  "") ;;
  0) gcloud storage buckets update "gs://$SRC" --clear-lifecycle ;;
  *) delete_after "$SRC" "$SOURCE_DAYS" ;;
esac
if [ -n "$UPLOAD_ORIGINS" ]; then
  cors=$(mktemp)
  sed "s#ORIGINS#${UPLOAD_ORIGINS//,/\", \"}#" "$here/cors.json" >"$cors"
  gcloud storage buckets update "gs://$SRC" --cors-file="$cors"
  rm "$cors"
fi
if has_results; then delete_after "$RESULTS" "$RESULTS_DAYS"; fi

# objectCreator alone cannot overwrite: a retry would get 403.
on_bucket() {
  gcloud storage buckets add-iam-policy-binding "gs://$1" --member="$2" --role="$3"
}
on_bucket "$DST" "serviceAccount:$(account imagetx)" roles/storage.objectUser
on_bucket "$DST" "serviceAccount:$(account imagebatch)" roles/storage.objectUser
on_bucket "$RECORDS" "serviceAccount:$(account imagebatch)" roles/storage.objectUser
on_bucket "$SRC" "serviceAccount:$(account imagebatch)" roles/storage.objectViewer
on_bucket "$GCF" "serviceAccount:$(account build)" roles/storage.objectViewer
if [ "$ONTHEFLY" = true ]; then
  on_bucket "$SRC" "serviceAccount:$(account onthefly)" roles/storage.objectViewer
fi
if has_results; then on_bucket "$RESULTS" "serviceAccount:$(account onthefly)" roles/storage.objectUser; fi
if [ "$UPLOADS" = true ]; then
  on_bucket "$SRC" "serviceAccount:$(account imagetx)" roles/storage.objectCreator
  on_bucket "$RECORDS" "serviceAccount:$(account imagetx)" roles/storage.objectCreator
  on_bucket "$RECORDS" "serviceAccount:$(account imagetx)" roles/storage.objectViewer
fi
if [ "$BACKFILL" = true ]; then
  on_bucket "$SRC" "serviceAccount:$(account backfill)" roles/storage.objectViewer
  on_bucket "$DST" "serviceAccount:$(account backfill)" roles/storage.objectViewer
  on_bucket "$RECORDS" "serviceAccount:$(account backfill)" roles/storage.objectUser
fi
if [ -n "$PRESETS" ]; then
  bucket=${PRESETS#gs://}
  for component in "${components[@]}"; do
    case $component in
      imagetx | onthefly | fan | backfill)
        on_bucket "${bucket%%/*}" "serviceAccount:$(account "$component")" roles/storage.objectViewer ;;
    esac
  done
fi
if has_cdn && fresh gcloud compute backend-buckets describe "${PREFIX}imagetx-dst"; then
  # Reading an object, no listing.
  gcloud storage buckets update "gs://$DST" --no-public-access-prevention
  on_bucket "$DST" allUsers roles/storage.legacyObjectReader
fi
