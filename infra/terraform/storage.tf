# src: originals come in. dst: outputs, the CDN's origin. records: failures and manifests. gcf: the function's source.
# results: what the on-the-fly door has made once, where it keeps that.
# src and dst are never the same bucket: every output would be a new event.

resource "google_storage_bucket" "src" {
  project                     = var.project_id
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

  # Browsers put an upload's bytes straight here, in parts.
  dynamic "cors" {
    for_each = length(var.uploads.origins) > 0 ? [var.uploads.origins] : []
    content {
      origin          = cors.value
      method          = ["PUT", "POST", "OPTIONS"]
      response_header = ["Content-Type", "Content-Range", "Location", "Range", "X-GUploader-UploadID", "ETag"]
      max_age_seconds = 3600
    }
  }

  depends_on = [google_project_service.api]
}

# Made again when they are missed: a result that is not asked for any more ends by its age.
resource "google_storage_bucket" "results" {
  count = var.onthefly.enabled && var.onthefly.results_days > 0 ? 1 : 0

  project                     = var.project_id
  name                        = "${local.bucket_prefix}-results"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true
  labels                      = local.labels

  soft_delete_policy {
    retention_duration_seconds = 0
  }
  lifecycle_rule {
    condition {
      age = var.onthefly.results_days
    }
    action {
      type = "Delete"
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_storage_bucket" "dst" {
  project                     = var.project_id
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
  project                     = var.project_id
  name                        = "${local.bucket_prefix}-records"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = var.force_destroy
  labels                      = local.labels

  # Uploads that were started, with what was asked for.
  lifecycle_rule {
    condition {
      age            = 30
      matches_prefix = ["_uploads/"]
    }
    action {
      type = "Delete"
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_storage_bucket" "gcf" {
  project                     = var.project_id
  name                        = "${local.bucket_prefix}-gcf"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true
  labels                      = local.labels

  depends_on = [google_project_service.api]
}
