# Who may do what, on one resource each. Wider roles are in identities.tf.

locals {
  # Accounts that put tasks into the queues.
  enqueuers = concat(["fan"], var.backfill.enabled ? ["backfill"] : [])

  # Services that read the file of presets.
  presets_readers = local.presets_bucket == "" ? [] : [for name in keys(local.used_accounts) : name if contains(["imagetx", "onthefly", "fan", "backfill"], name)]

  bucket_grants = merge(
    {
      # objectCreator alone cannot overwrite: a retry would get 403.
      "imagetx dst"        = { bucket = google_storage_bucket.dst.name, role = "roles/storage.objectUser", member = local.member["imagetx"] }
      "imagebatch dst"     = { bucket = google_storage_bucket.dst.name, role = "roles/storage.objectUser", member = local.member["imagebatch"] }
      "imagebatch records" = { bucket = google_storage_bucket.records.name, role = "roles/storage.objectUser", member = local.member["imagebatch"] }
      "imagebatch src"     = { bucket = google_storage_bucket.src.name, role = var.delete_sources ? "roles/storage.objectUser" : "roles/storage.objectViewer", member = local.member["imagebatch"] }
      "build gcf"          = { bucket = google_storage_bucket.gcf.name, role = "roles/storage.objectViewer", member = local.member["build"] }
    },
    { for bucket in local.onthefly_buckets : "onthefly ${bucket}" => { bucket = bucket, role = "roles/storage.objectViewer", member = local.member["onthefly"] } },
    { for name in local.presets_readers : "${name} presets" => { bucket = local.presets_bucket, role = "roles/storage.objectViewer", member = local.member[name] } },
    { for bucket in google_storage_bucket.results[*].name : "onthefly results" => { bucket = bucket, role = "roles/storage.objectUser", member = local.member["onthefly"] } },
    # It lists originals, compares outputs, and keeps checkpoints.
    { for name, grant in var.backfill.enabled ? local.backfill_grants : {} : "backfill ${name}" => merge(grant, { member = local.member["backfill"] }) },
    # The inline service starts uploads, notes them, and tells their state.
    { for name, grant in var.uploads.enabled ? local.upload_grants : {} : "imagetx ${name}" => merge(grant, { member = local.member["imagetx"] }) },
    # Reading an object, no listing.
    { for everyone in local.cdn_public ? ["allUsers"] : [] : "public dst" => { bucket = google_storage_bucket.dst.name, role = "roles/storage.legacyObjectReader", member = everyone } },
  )
}

resource "google_storage_bucket_iam_member" "grant" {
  for_each = local.bucket_grants

  bucket = each.value.bucket
  role   = each.value.role
  member = each.value.member
}

resource "google_cloud_tasks_queue_iam_member" "enqueues" {
  for_each = { for pair in setproduct(local.queues, local.enqueuers) : "${pair[1]} ${pair[0]}" => { queue = pair[0], account = pair[1] } }

  project  = var.project_id
  name     = google_cloud_tasks_queue.queue[each.value.queue].name
  location = var.region
  role     = "roles/cloudtasks.enqueuer"
  member   = local.member[each.value.account]
}

moved {
  from = google_cloud_tasks_queue_iam_member.fan_enqueues
  to   = google_cloud_tasks_queue_iam_member.enqueues["fan q1"]
}

# They make tasks that run as img-tasks.
resource "google_service_account_iam_member" "acts_as_tasks" {
  for_each = toset(local.enqueuers)

  service_account_id = google_service_account.component["tasks"].name
  role               = "roles/iam.serviceAccountUser"
  member             = local.member[each.key]
}

moved {
  from = google_service_account_iam_member.fan_acts_as_tasks
  to   = google_service_account_iam_member.acts_as_tasks["fan"]
}

resource "google_cloud_run_v2_service_iam_member" "tasks_invoke_imagebatch" {
  project  = var.project_id
  name     = google_cloud_run_v2_service.service["imagebatch"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = local.member["tasks"]
}

resource "google_cloud_run_v2_service_iam_member" "trigger_invokes_fan" {
  project  = var.project_id
  name     = google_cloudfunctions2_function.fan.name
  location = var.region
  role     = "roles/run.invoker"
  member   = local.member["trigger"]
}

resource "google_cloud_run_v2_service_iam_member" "inline_invokers" {
  for_each = var.unauthenticated_inline ? toset(["allUsers"]) : var.inline_invokers

  project  = var.project_id
  name     = google_cloud_run_v2_service.service["imagetx"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = each.key
}

resource "google_artifact_registry_repository_iam_member" "build_pushes" {
  project    = var.project_id
  repository = google_artifact_registry_repository.functions.name
  location   = var.region
  role       = "roles/artifactregistry.writer"
  member     = local.member["build"]
}

# Cloud Storage announces new objects through Pub/Sub.
data "google_storage_project_service_account" "gcs" {
  project    = var.project_id
  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "gcs_publishes" {
  count = var.shared_agents ? 1 : 0

  project = var.project_id
  role    = "roles/pubsub.publisher"
  member  = "serviceAccount:${data.google_storage_project_service_account.gcs.email_address}"
}

# Normally granted by Google when the API is enabled; on a new project the trigger may come sooner.
resource "google_project_iam_member" "eventarc_agent" {
  count = var.shared_agents ? 1 : 0

  project = var.project_id
  role    = "roles/eventarc.serviceAgent"
  member  = "serviceAccount:service-${local.number}@gcp-sa-eventarc.iam.gserviceaccount.com"

  depends_on = [google_project_service.api]
}
