locals {
  apis = [
    "artifactregistry",
    "cloudbuild",
    "cloudfunctions",
    "cloudtasks",
    "cloudtrace",
    "compute",
    "eventarc",
    "eventarcpublishing",
    "iam",
    "logging",
    "monitoring",
    "pubsub",
    "run",
    "secretmanager",
    "storage",
    "telemetry",
  ]
}

resource "google_project_service" "api" {
  for_each = toset(local.apis)

  project            = var.project_id
  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}
