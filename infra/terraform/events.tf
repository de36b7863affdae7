# Whoever waits for outputs is told: new objects of the destination and records buckets as messages of a topic.

resource "google_pubsub_topic" "events" {
  count = var.events.topic != "" ? 1 : 0

  project = var.project_id
  name    = "${local.prefix}${var.events.topic}"
  labels  = local.labels

  message_retention_duration = "86400s"

  depends_on = [google_project_service.api]
}

# Outputs, and _failed/ and _manifest/ of the records bucket.
resource "google_storage_notification" "events" {
  for_each = var.events.topic != "" ? { dst = google_storage_bucket.dst.name, records = google_storage_bucket.records.name } : {}

  bucket         = each.value
  topic          = google_pubsub_topic.events[0].id
  payload_format = "JSON_API_V1"
  event_types    = ["OBJECT_FINALIZE"]

  depends_on = [google_project_iam_member.gcs_publishes]
}

# A webhook: each message is a POST with a token of this account for the webhook's URL.
resource "google_service_account" "events" {
  count = local.events_push ? 1 : 0

  project      = var.project_id
  account_id   = "${local.prefix}img-events"
  display_name = "Calls the webhook of events"

  depends_on = [google_project_service.api]
}

resource "google_pubsub_subscription" "webhook" {
  count = local.events_push ? 1 : 0

  project              = var.project_id
  name                 = "${local.prefix}imagetx-webhook"
  topic                = google_pubsub_topic.events[0].id
  ack_deadline_seconds = 60
  labels               = local.labels

  push_config {
    push_endpoint = var.events.webhook
    oidc_token {
      service_account_email = google_service_account.events[0].email
      audience              = var.events.webhook
    }
  }
  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }
}

locals {
  events_push = var.events.topic != "" && var.events.webhook != ""
}
