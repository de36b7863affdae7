# shellcheck shell=bash disable=SC2034,SC2154
# Part of deploy.sh: originals (src), outputs (dst), failures and manifests (records), the function's source (gcf).

step "Buckets"
for bucket in "$SRC" "$DST" "$RECORDS" "$GCF"; do
  exists gcloud storage buckets describe "gs://$bucket" ||
    gcloud storage buckets create "gs://$bucket" --location="$REGION" --uniform-bucket-level-access --public-access-prevention
done
if [ "$SOURCE_DAYS" = 0 ]; then
  gcloud storage buckets update "gs://$SRC" --clear-lifecycle
else
  lifecycle=$(mktemp)
  printf '{ "rule": [{ "action": { "type": "Delete" }, "condition": { "age": %s } }] }\n' "$SOURCE_DAYS" >"$lifecycle"
  gcloud storage buckets update "gs://$SRC" --lifecycle-file="$lifecycle"
  rm "$lifecycle"
fi
# Outputs can be made again: the default soft delete would bill every overwritten one.
gcloud storage buckets update "gs://$DST" --clear-soft-delete

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
if has_cdn; then
  # Reading an object, no listing.
  gcloud storage buckets update "gs://$DST" --no-public-access-prevention
  on_bucket "$DST" allUsers roles/storage.legacyObjectReader
fi
