# src: originals come in. dst: outputs, the CDN's origin. records: failures and manifests. gcf: the function's source.
# src and dst are never the same bucket: every output would be a new event.

resource "google_storage_bucket" "src" {
  name                        = "${local.bucket_prefix}-src"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = var.force_destroy
  labels                      = local.labels

  dynamic "lifecycle_rule" {
    for_each = var.source_days > 0 ? [var.source_days] : []
    content {
      condition {
        age = lifecycle_rule.value
      }
      action {
        type = "Delete"
      }
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_storage_bucket" "dst" {
  name                        = "${local.bucket_prefix}-dst"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = local.cdn_public ? "inherited" : "enforced"
  force_destroy               = var.force_destroy
  labels                      = local.labels

  # Outputs can be made again: the default of 7 days would bill every overwritten one.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  dynamic "cors" {
    for_each = length(var.cors_origins) > 0 ? [var.cors_origins] : []
    content {
      origin          = cors.value
      method          = ["GET", "HEAD"]
      response_header = ["Content-Type", "ETag"]
      max_age_seconds = 3600
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_storage_bucket" "records" {
  name                        = "${local.bucket_prefix}-records"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = var.force_destroy
  labels                      = local.labels

  depends_on = [google_project_service.api]
}

resource "google_storage_bucket" "gcf" {
  name                        = "${local.bucket_prefix}-gcf"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true
  labels                      = local.labels

  depends_on = [google_project_service.api]
}
