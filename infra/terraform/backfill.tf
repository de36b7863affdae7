# `imagetx backfill` as a job: each task queues its part of the existing objects, and resumes where it was killed.

locals {
  backfill_grants = {
    src     = { bucket = google_storage_bucket.src.name, role = "roles/storage.objectViewer" }
    dst     = { bucket = google_storage_bucket.dst.name, role = "roles/storage.objectViewer" }
    records = { bucket = google_storage_bucket.records.name, role = "roles/storage.objectUser" }
  }

  # Settings that it shares with Fan, so that both plan the same outputs.
  backfill_env = merge(local.presets_env, {
    PROJECT_ID           = var.project_id
    GOOGLE_CLOUD_PROJECT = var.project_id
    LOCATION             = var.region
    QUEUE                = join(",", local.queues)
    SRC_BUCKET_NAME      = google_storage_bucket.src.name
    DEST_BUCKET_NAME     = google_storage_bucket.dst.name
    RECORDS_BUCKET       = google_storage_bucket.records.name
    RUN_URL              = local.batch_url
    RUN_AUDIENCE         = local.batch_url
    SERVICE_ACCOUNT      = local.email["tasks"]
  }, var.extra_env.fan, var.extra_env.backfill)
}

resource "google_cloud_run_v2_job" "backfill" {
  count = var.backfill.enabled ? 1 : 0

  project             = var.project_id
  name                = "${local.prefix}backfill"
  location            = var.region
  deletion_protection = false
  labels              = local.labels

  template {
    task_count  = var.backfill.tasks
    parallelism = var.backfill.tasks

    template {
      service_account = local.email["backfill"]
      timeout         = "86400s"
      max_retries     = 10 # a task that is run again goes on from its checkpoint

      containers {
        image = var.image
        args  = concat(["backfill", "gs://${google_storage_bucket.src.name}/${var.backfill.prefix}", "--project", var.project_id, "--fan-service", google_cloudfunctions2_function.fan.name], var.backfill.args)

        resources {
          limits = { cpu = "1", memory = "512Mi" }
        }
        dynamic "env" {
          for_each = local.backfill_env
          content {
            name  = env.key
            value = env.value
          }
        }
      }
    }
  }

  depends_on = [google_project_service.api]
}

# It plans with the settings of the running Fan.
resource "google_cloud_run_v2_service_iam_member" "backfill_reads_fan" {
  count = var.backfill.enabled ? 1 : 0

  project  = var.project_id
  name     = google_cloudfunctions2_function.fan.name
  location = var.region
  role     = "roles/run.viewer"
  member   = local.member["backfill"]
}
