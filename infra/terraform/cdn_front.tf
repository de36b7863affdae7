resource "google_compute_global_address" "cdn" {
  count = local.cdn_count

  project    = var.project_id
  name       = "${local.prefix}imagetx-cdn"
  depends_on = [google_project_service.api]
}

resource "google_compute_url_map" "cdn" {
  count = local.cdn_count

  project         = var.project_id
  name            = "${local.prefix}imagetx-cdn"
  default_service = google_compute_backend_bucket.dst[0].id

  dynamic "host_rule" {
    for_each = google_compute_backend_service.onthefly
    content {
      hosts        = ["*"]
      path_matcher = "doors"
    }
  }
  dynamic "path_matcher" {
    for_each = google_compute_backend_service.onthefly
    content {
      name            = "doors"
      default_service = google_compute_backend_bucket.dst[0].id
      path_rule {
        paths   = [var.onthefly.path_prefix, "${var.onthefly.path_prefix}/*"]
        service = path_matcher.value.id
      }
    }
  }
}

resource "google_compute_url_map" "redirect" {
  count = local.cdn_count

  project = var.project_id
  name    = "${local.prefix}imagetx-redirect"
  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }

  depends_on = [google_project_service.api]
}

# A managed certificate cannot be changed: another list of names is another certificate.
resource "google_compute_managed_ssl_certificate" "cdn" {
  count = length(var.cdn_domains) > 0 ? 1 : 0

  project = var.project_id
  name    = "${local.prefix}imagetx-${substr(sha256(join(",", var.cdn_domains)), 0, 8)}"
  managed {
    domains = var.cdn_domains
  }

  lifecycle {
    create_before_destroy = true
  }
  depends_on = [google_project_service.api]
}

resource "google_compute_ssl_certificate" "own" {
  count = nonsensitive(var.cdn_certificate != null) ? 1 : 0

  project     = var.project_id
  name_prefix = "${local.prefix}imagetx-own-"
  certificate = var.cdn_certificate.certificate
  private_key = var.cdn_certificate.private_key

  lifecycle {
    create_before_destroy = true
  }
  depends_on = [google_project_service.api]
}

resource "google_compute_ssl_policy" "cdn" {
  count = local.cdn_count

  project         = var.project_id
  name            = "${local.prefix}imagetx-modern"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"

  depends_on = [google_project_service.api]
}

resource "google_compute_target_https_proxy" "cdn" {
  count = local.cdn_count

  project          = var.project_id
  name             = "${local.prefix}imagetx-https"
  url_map          = google_compute_url_map.cdn[0].id
  ssl_certificates = concat(google_compute_managed_ssl_certificate.cdn[*].id, google_compute_ssl_certificate.own[*].id)
  ssl_policy       = google_compute_ssl_policy.cdn[0].id
  quic_override    = "ENABLE"
}

resource "google_compute_target_http_proxy" "redirect" {
  count = local.cdn_count

  project = var.project_id
  name    = "${local.prefix}imagetx-http"
  url_map = google_compute_url_map.redirect[0].id
}

resource "google_compute_global_forwarding_rule" "https" {
  count = local.cdn_count

  project               = var.project_id
  name                  = "${local.prefix}imagetx-https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.cdn[0].address
  port_range            = "443"
  target                = google_compute_target_https_proxy.cdn[0].id
}

resource "google_compute_global_forwarding_rule" "http" {
  count = local.cdn_count

  project               = var.project_id
  name                  = "${local.prefix}imagetx-http"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.cdn[0].address
  port_range            = "80"
  target                = google_compute_target_http_proxy.redirect[0].id
}
