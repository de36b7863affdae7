# One file of presets for all services: PRESETS=gs://BUCKET/OBJECT.

locals {
  presets_bucket = var.presets == "" ? "" : split("/", trimprefix(var.presets, "gs://"))[0]
  presets_env    = var.presets == "" ? {} : { PRESETS = var.presets }

  # What the inline service needs for direct uploads: to start them, and to tell their state.
  upload_buckets = {
    src     = { bucket = google_storage_bucket.src.name, role = "roles/storage.objectUser" }
    records = { bucket = google_storage_bucket.records.name, role = "roles/storage.objectViewer" }
  }
}
