# On a new project an alert on a metric that has just been made can fail with 404: apply again after ten minutes.

locals {
  run_service = "resource.type=\"cloud_run_revision\" AND resource.label.service_name=monitoring.regex.full_match(\"${local.prefix}(imagetx|imagebatch|onthefly|fan)\")"

  alerts = {
    queue = {
      title     = "Tasks are piling up"
      filter    = "metric.type=\"cloudtasks.googleapis.com/queue/depth\" AND resource.type=\"cloud_tasks_queue\" AND resource.label.queue_id=monitoring.regex.full_match(\"${local.prefix}q[0-9]+\")"
      threshold = var.alert_queue_depth
      duration  = "600s"
      aligner   = "ALIGN_MIN"
      text      = "The converter is slower than the uploads, or failing. See its errors first, then batch_max_instances."
    }
    errors = {
      title     = "Services answer 5xx"
      filter    = "metric.type=\"run.googleapis.com/request_count\" AND ${local.run_service} AND metric.label.response_code_class=\"5xx\""
      threshold = 0.1
      duration  = "300s"
      aligner   = "ALIGN_RATE"
      text      = "More than one answer in ten seconds is a 5xx, for five minutes. 503 with Retry-After is overload: raise the instances."
    }
    dead = {
      title     = "Outputs were given up"
      filter    = "metric.type=\"logging.googleapis.com/user/${google_logging_metric.dead_letters.name}\" AND resource.type=\"cloud_run_revision\""
      threshold = 0
      duration  = "0s"
      aligner   = "ALIGN_DELTA"
      text      = "Each has a record _failed/<output>.json in the records bucket with the reason; `imagetx retry` tries again."
    }
    slow = {
      title     = "The inline service is slow"
      filter    = "metric.type=\"run.googleapis.com/request_latencies\" AND resource.type=\"cloud_run_revision\" AND resource.label.service_name=\"${local.prefix}imagetx\""
      threshold = var.alert_p95_ms
      duration  = "600s"
      aligner   = "ALIGN_PERCENTILE_95"
      text      = "The 95th percentile of latency is above the limit. Large AVIF belongs in the batch door."
    }
  }
}

resource "google_monitoring_notification_channel" "email" {
  count = var.alert_email != "" ? 1 : 0

  project      = var.project_id
  display_name = "${local.prefix}imagetx"
  type         = "email"
  labels       = { email_address = var.alert_email }

  depends_on = [google_project_service.api]
}

resource "google_monitoring_alert_policy" "alert" {
  for_each = local.alerts

  project               = var.project_id
  display_name          = "${local.prefix}imagetx: ${each.value.title}"
  combiner              = "OR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  conditions {
    display_name = each.value.title
    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.threshold
      duration        = each.value.duration
      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = each.value.aligner
        cross_series_reducer = "REDUCE_MAX"
      }
    }
  }

  documentation {
    content   = each.value.text
    mime_type = "text/markdown"
  }

  depends_on = [google_project_service.api]
}
