# Every name that more than one file needs.

data "google_project" "this" {
  project_id = var.project_id
}

locals {
  bucket_prefix = var.bucket_prefix != "" ? var.bucket_prefix : "${var.project_id}-imagetx"
  number        = data.google_project.this.number
  queue         = "q1"

  # Cloud Run's deterministic URL: known before the service exists, so the converter can be told its own audience.
  # Cloud Tasks counts as internal traffic only through a run.app address.
  batch_url = "https://imagebatch-${local.number}.${var.region}.run.app"

  labels = { app = "imagetx" }
}
