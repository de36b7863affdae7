locals {
  max_attempts = 8 # the converter is told too: it records what it gives up

  # Cloud Tasks starts at most 500 tasks a second of one queue: Fan spreads tasks over several.
  queues = [for number in range(1, var.queues + 1) : "${local.prefix}q${number}"]
}

resource "google_cloud_tasks_queue" "queue" {
  for_each = toset(local.queues)

  project  = var.project_id
  name     = each.key
  location = var.region

  rate_limits {
    max_dispatches_per_second = var.dispatches_per_second
    max_concurrent_dispatches = max(1, floor(var.batch_max_instances * var.batch_concurrency / var.queues))
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

moved {
  from = google_cloud_tasks_queue.q1
  to   = google_cloud_tasks_queue.queue["q1"]
}
