# Fan: a finalize event in, one task per output out. Its images have a repository of their own.

resource "google_artifact_registry_repository" "functions" {
  project       = var.project_id
  location      = var.region
  repository_id = "${local.prefix}imagetx-functions"
  format        = "DOCKER"
  description   = "Images that Cloud Build makes of Fan"
  labels        = local.labels

  depends_on = [google_project_service.api]
}

resource "google_storage_bucket_object" "fan" {
  name   = "fan-${substr(filesha256(var.function_archive), 0, 16)}.zip"
  bucket = google_storage_bucket.gcf.name
  source = var.function_archive
}

resource "google_cloudfunctions2_function" "fan" {
  project     = var.project_id
  name        = "${local.prefix}fan"
  location    = var.region
  description = "Enqueues one conversion per format that a new object asks for"
  labels      = local.labels

  build_config {
    runtime           = "nodejs24"
    entry_point       = "Fan"
    service_account   = google_service_account.component["build"].id
    docker_repository = google_artifact_registry_repository.functions.id
    source {
      storage_source {
        bucket = google_storage_bucket_object.fan.bucket
        object = google_storage_bucket_object.fan.name
      }
    }
  }

  service_config {
    service_account_email            = local.email["fan"]
    ingress_settings                 = "ALLOW_INTERNAL_ONLY"
    available_cpu                    = "1" # concurrency above 1 needs a whole CPU
    available_memory                 = "512Mi"
    max_instance_request_concurrency = 40
    max_instance_count               = 10
    timeout_seconds                  = 60
    environment_variables = merge({
      PROJECT_ID           = var.project_id
      GOOGLE_CLOUD_PROJECT = var.project_id
      LOCATION             = var.region
      QUEUE                = join(",", [for queue in local.queues : google_cloud_tasks_queue.queue[queue].name])
      SRC_BUCKET_NAME      = google_storage_bucket.src.name
      DEST_BUCKET_NAME     = google_storage_bucket.dst.name
      RUN_URL              = local.batch_url
      RUN_AUDIENCE         = local.batch_url
      SERVICE_ACCOUNT      = local.email["tasks"]
    }, local.presets_env, var.extra_env.fan)
  }

  # Without a retry policy a failed event is reported as done and lost.
  event_trigger {
    event_type            = "google.cloud.storage.object.v1.finalized"
    trigger_region        = var.region
    retry_policy          = "RETRY_POLICY_RETRY"
    service_account_email = local.email["trigger"]
    event_filters {
      attribute = "bucket"
      value     = google_storage_bucket.src.name
    }
  }

  depends_on = [
    google_artifact_registry_repository_iam_member.build_pushes,
    google_project_iam_member.build_reads_sources,
    google_project_iam_member.component,
    google_project_iam_member.eventarc_agent,
    google_project_iam_member.gcs_publishes,
    google_storage_bucket_iam_member.grant,
  ]
}
