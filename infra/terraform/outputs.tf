output "inline_url" {
  description = "The inline door."
  value       = google_cloud_run_v2_service.service["imagetx"].uri
}

output "cdn_url" {
  description = "Where outputs appear; empty without a CDN."
  value       = local.cdn_url
}

output "cdn_ip" {
  description = "Address for the A record of cdn_domains."
  value       = one(google_compute_global_address.cdn[*].address)
}

output "onthefly_url" {
  description = "The on-the-fly door; empty when it is off."
  value       = var.onthefly.enabled ? "${local.cdn_url}${var.onthefly.path_prefix}" : ""
}

output "buckets" {
  description = "Bucket names by use."
  value = {
    src     = google_storage_bucket.src.name
    results = one(google_storage_bucket.results[*].name)
    dst     = google_storage_bucket.dst.name
    records = google_storage_bucket.records.name
    gcf     = google_storage_bucket.gcf.name
  }
}

output "registry" {
  description = "Where to push images."
  value       = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.images.repository_id}"
}

output "service_accounts" {
  description = "Account of each component."
  value       = local.email
}

output "events_topic" {
  description = "Topic of events; empty without one."
  value       = one(google_pubsub_topic.events[*].id)
}

output "empty_secrets" {
  description = "Secrets that were created and need a version before the services that read them can start."
  value       = [for secret in google_secret_manager_secret.key : secret.secret_id]
}

output "try" {
  description = "Commands to try."
  value = {
    inline   = "curl -H \"Authorization: Bearer $(gcloud auth print-identity-token)\" -F name=logo2 -F format=jpg -F image=@logo.png ${google_cloud_run_v2_service.service["imagetx"].uri}/convert"
    batch    = "gsutil -h x-goog-meta-name:1 -h x-goog-meta-formats:svg,jpg cp logo.png gs://${google_storage_bucket.src.name}/"
    backfill = var.backfill.enabled ? "gcloud run jobs execute ${local.prefix}backfill --region=${var.region} --project=${var.project_id}" : ""
    result   = local.cdn_enabled ? "curl -sI ${local.cdn_url}/1.jpg" : "gcloud storage ls gs://${google_storage_bucket.dst.name}/"
  }
}
