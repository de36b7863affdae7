# The destination bucket behind Cloud CDN. The front (address, certificate, proxies) is in cdn_front.tf.

locals {
  cdn_enabled = length(var.cdn_domains) > 0 || nonsensitive(var.cdn_certificate != null)
  cdn_private = nonsensitive(var.cdn_signing_key != "")
  cdn_public  = local.cdn_enabled && !local.cdn_private
  cdn_count   = local.cdn_enabled ? 1 : 0

  cdn_host = local.cdn_enabled ? coalesce(concat(var.cdn_domains, [""])[0], try(nonsensitive(var.cdn_certificate.host), ""), google_compute_global_address.cdn[0].address) : ""
  cdn_url  = local.cdn_enabled ? "https://${local.cdn_host}" : ""
}

resource "google_compute_security_policy" "edge" {
  count = local.cdn_count

  project     = var.project_id
  name        = "${local.prefix}imagetx-edge"
  type        = "CLOUD_ARMOR_EDGE"
  description = "Checked before the cache; add deny rules here"

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

resource "google_compute_backend_bucket" "dst" {
  count = local.cdn_count

  project                 = var.project_id
  name                    = "${local.prefix}imagetx-dst"
  bucket_name             = google_storage_bucket.dst.name
  enable_cdn              = true
  edge_security_policy    = google_compute_security_policy.edge[0].id
  custom_response_headers = ["X-Cache-Status: {cdn_cache_status}"]

  cdn_policy {
    cache_mode                   = "CACHE_ALL_STATIC"
    client_ttl                   = 3600
    default_ttl                  = 10
    max_ttl                      = 86400
    serve_while_stale            = 86400
    request_coalescing           = true
    signed_url_cache_max_age_sec = local.cdn_private ? 3600 : 0

    # A URL that is requested before its conversion is done must not stay 404, here or in a browser. Every object has
    # a Cache-Control; an answer without one tells clients the smaller of client_ttl and default_ttl.
    negative_caching = true
    negative_caching_policy {
      code = 404
      ttl  = 10
    }

    # A bucket's cache key has no query string unless named: ?v=2 is how a page asks for a new copy.
    cache_key_policy {
      query_string_whitelist = ["v"]
    }
  }
}

# Private CDN: the agent that fills the cache exists only once a key does.
resource "google_compute_backend_bucket_signed_url_key" "dst" {
  count = local.cdn_private ? 1 : 0

  project        = var.project_id
  name           = "${local.prefix}imagetx-1"
  backend_bucket = google_compute_backend_bucket.dst[0].name
  key_value      = var.cdn_signing_key
}

resource "google_storage_bucket_iam_member" "cdn_fills" {
  count = local.cdn_private ? 1 : 0

  bucket = google_storage_bucket.dst.name
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:service-${local.number}@cloud-cdn-fill.iam.gserviceaccount.com"

  depends_on = [google_compute_backend_bucket_signed_url_key.dst]
}
