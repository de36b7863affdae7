# Direct uploads, past the 32 MiB of Cloud Run: the inline service starts a session of Cloud Storage for each.

locals {
  upload_grants = {
    "starts uploads" = { bucket = google_storage_bucket.src.name, role = "roles/storage.objectCreator" }
    "notes uploads"  = { bucket = google_storage_bucket.records.name, role = "roles/storage.objectCreator" }
    "reads records"  = { bucket = google_storage_bucket.records.name, role = "roles/storage.objectViewer" }
  }
  upload_env = var.uploads.enabled ? { SRC_BUCKET_NAME = google_storage_bucket.src.name, RECORDS_BUCKET = google_storage_bucket.records.name } : {}
}
