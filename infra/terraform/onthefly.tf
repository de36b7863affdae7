# The on-the-fly door: the inline service's image with other settings. Its service is in the table of run.tf.

locals {
  onthefly_mount   = var.onthefly.mount_bucket != "" ? var.onthefly.mount_bucket : "${local.bucket_prefix}-src"
  onthefly_buckets = var.onthefly.enabled ? [local.onthefly_mount] : []

  # Imaginary's flags as environment, so that the image needs no other start than the inline door's.
  onthefly_env = merge(
    {
      DOORS                = "onthefly"
      REQUIRE_AUTH         = "true"
      ENABLE_URL_SIGNATURE = "true"
      PATH_PREFIX          = var.onthefly.path_prefix
      HTTP_CACHE_TTL       = tostring(var.onthefly.cache_seconds)
      MOUNT                = "gs://${local.onthefly_mount}"
    },
    { for bucket in google_storage_bucket.results[*].name : "RESULTS" => "gs://${bucket}" },
    var.onthefly.url_source ? { ENABLE_URL_SOURCE = "true", ALLOWED_ORIGINS = join(",", var.onthefly.allowed_origins) } : {},
  )
}

# The load balancer sends no identity: ingress and the signature keep others out.
resource "google_cloud_run_v2_service_iam_member" "cdn_invokes_onthefly" {
  count = var.onthefly.enabled ? 1 : 0

  project  = var.project_id
  name     = google_cloud_run_v2_service.service["onthefly"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_compute_region_network_endpoint_group" "onthefly" {
  count = var.onthefly.enabled ? 1 : 0

  project               = var.project_id
  name                  = "${local.prefix}imagetx-onthefly"
  region                = var.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.service["onthefly"].name
  }
}

# Checked after the cache: only what the service would have to convert counts.
resource "google_compute_security_policy" "onthefly" {
  count = var.onthefly.enabled && var.onthefly.requests_per_minute > 0 ? 1 : 0

  project     = var.project_id
  name        = "${local.prefix}imagetx-onthefly"
  type        = "CLOUD_ARMOR"
  description = "Requests of one address that miss the cache"

  rule {
    action      = "throttle"
    priority    = 1000
    description = "rate"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"
      rate_limit_threshold {
        count        = var.onthefly.requests_per_minute
        interval_sec = 60
      }
    }
  }
  rule {
    action      = "allow"
    priority    = 2147483647
    description = "default"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_compute_backend_service" "onthefly" {
  count = var.onthefly.enabled ? 1 : 0

  project                 = var.project_id
  name                    = "${local.prefix}imagetx-onthefly"
  load_balancing_scheme   = "EXTERNAL_MANAGED"
  protocol                = "HTTPS"
  enable_cdn              = true
  edge_security_policy    = google_compute_security_policy.edge[0].id
  security_policy         = one(google_compute_security_policy.onthefly[*].id)
  custom_response_headers = ["X-Cache-Status: {cdn_cache_status}"]

  backend {
    group = google_compute_region_network_endpoint_group.onthefly[0].id
  }

  # The service says what may be kept and for how long; the TTL fields must then be left out.
  cdn_policy {
    cache_mode         = "USE_ORIGIN_HEADERS"
    negative_caching   = false
    request_coalescing = true
    serve_while_stale  = 86400
    cache_key_policy {
      include_host         = true
      include_protocol     = false
      include_query_string = true
    }
  }

  log_config {
    enable      = true
    sample_rate = 0.01
  }
}
