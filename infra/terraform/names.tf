# Every name that more than one file needs.

data "google_project" "this" {
  project_id = var.project_id
}

locals {
  # Before every name, so that a project has room for several deployments.
  prefix        = var.name_prefix == "" ? "" : "${var.name_prefix}-"
  bucket_prefix = var.bucket_prefix != "" ? var.bucket_prefix : "${var.project_id}-${local.prefix}imagetx"
  number        = data.google_project.this.number

  # Cloud Run's deterministic URL: known before the service exists, so the converter can be told its own audience.
  # Cloud Tasks counts as internal traffic only through a run.app address.
  batch_url = "https://${local.prefix}imagebatch-${local.number}.${var.region}.run.app"

  labels = { app = "${local.prefix}imagetx" }
}
