locals {
  max_attempts = 8 # the converter is told too: it records what it gives up
}

resource "google_cloud_tasks_queue" "q1" {
  name     = local.queue
  location = var.region

  rate_limits {
    max_dispatches_per_second = var.dispatches_per_second
    max_concurrent_dispatches = var.batch_max_instances * var.batch_concurrency
  }

  # A task ends only when attempts and duration are both used up.
  retry_config {
    max_attempts       = local.max_attempts
    max_retry_duration = "3600s"
    min_backoff        = "2s"
    max_backoff        = "300s"
    max_doublings      = 5
  }

  stackdriver_logging_config {
    sampling_ratio = 1
  }

  depends_on = [google_project_service.api]
}
