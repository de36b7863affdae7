# Secrets are made empty: a value given to Terraform would stay in its state.
#   openssl rand -hex 32 | tr -d '\n' | gcloud secrets versions add imagetx-signature-key --data-file=-

locals {
  # secret -> the service that reads it, and the variable it becomes there
  secrets = {
    api_key       = { needed = var.unauthenticated_inline, id = "${local.prefix}imagetx-api-key", existing = var.existing_secrets.api_key, service = "imagetx", env = "API_KEY" }
    signature_key = { needed = var.onthefly.enabled, id = "${local.prefix}imagetx-signature-key", existing = var.existing_secrets.signature_key, service = "onthefly", env = "URL_SIGNATURE_KEY" }
  }
  needed_secrets  = { for name, secret in local.secrets : name => secret if secret.needed }
  created_secrets = { for name, secret in local.needed_secrets : name => secret if secret.existing == null }

  # A number, not `latest`: which key a revision has is then written down, and a new number is a new revision.
  secret_version = { for name in keys(local.needed_secrets) : name => tostring(var.secret_versions[name]) }

  secret_id = { for name, secret in local.needed_secrets : name => coalesce(secret.existing, secret.id) }
}

resource "google_secret_manager_secret" "key" {
  for_each = local.created_secrets

  project   = var.project_id
  secret_id = each.value.id
  labels    = local.labels
  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

resource "google_secret_manager_secret_iam_member" "reads" {
  for_each = local.needed_secrets

  project   = var.project_id
  secret_id = local.secret_id[each.key]
  role      = "roles/secretmanager.secretAccessor"
  member    = local.member[each.value.service]

  depends_on = [google_secret_manager_secret.key]
}
