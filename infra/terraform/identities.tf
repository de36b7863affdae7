# One account per component; the project's default accounts are not used.

locals {
  accounts = {
    imagetx    = "Inline service"
    imagebatch = "Batch converter"
    onthefly   = "On-the-fly service"
    fan        = "Function Fan"
    tasks      = "Identity the queue calls the converter with"
    trigger    = "Delivers finalize events to Fan"
    build      = "Builds the function"
    backfill   = "Job that queues existing objects"
  }

  # Roles that have no narrower place than the project.
  project_roles = {
    imagetx    = ["roles/monitoring.metricWriter", "roles/telemetry.tracesWriter"]
    imagebatch = ["roles/monitoring.metricWriter", "roles/telemetry.tracesWriter"]
    onthefly   = ["roles/monitoring.metricWriter", "roles/telemetry.tracesWriter"]
    fan        = ["roles/telemetry.tracesWriter"]
    trigger    = ["roles/eventarc.eventReceiver"]
    build      = ["roles/logging.logWriter"]
    backfill   = []
  }

  optional      = { onthefly = var.onthefly.enabled, backfill = var.backfill.enabled }
  used_accounts = { for name, text in local.accounts : name => text if lookup(local.optional, name, true) }
  project_grants = merge([
    for name, roles in local.project_roles : { for role in roles : "${name} ${role}" => { name = name, role = role } }
    if contains(keys(local.used_accounts), name)
  ]...)

  email  = { for name, account in google_service_account.component : name => account.email }
  member = { for name, account in google_service_account.component : name => "serviceAccount:${account.email}" }
}

resource "google_service_account" "component" {
  for_each = local.used_accounts

  project      = var.project_id
  account_id   = "${local.prefix}img-${each.key}"
  display_name = each.value

  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "component" {
  for_each = local.project_grants

  project = var.project_id
  role    = each.value.role
  member  = local.member[each.value.name]
}

# Cloud Functions copies the source into a bucket of its own, which exists only after the first deployment.
resource "google_project_iam_member" "build_reads_sources" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = local.member["build"]

  condition {
    title      = "function-sources"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-\")"
  }
}
