# Cloud CDN with a managed or an own certificate, public or with signed URLs, with or without the on-the-fly door.

variables {
  project_id       = "my-pictures"
  image            = "us-central1-docker.pkg.dev/my-pictures/imagetx/imagetx@sha256:0000000000000000000000000000000000000000000000000000000000000001"
  batch_image      = "us-central1-docker.pkg.dev/my-pictures/imagetx/imagebatch@sha256:0000000000000000000000000000000000000000000000000000000000000002"
  function_archive = "tests/fixtures/fan.zip.txt"
  cdn_domains      = ["img.example.com", "pics.example.com"]
}

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

run "a_managed_certificate_covers_every_name" {
  command = plan

  assert {
    condition     = google_compute_managed_ssl_certificate.cdn[0].managed[0].domains == tolist(["img.example.com", "pics.example.com"]) && length(google_compute_ssl_certificate.own) == 0
    error_message = "the managed certificate must name all domains"
  }
  assert {
    condition     = output.cdn_url == "https://img.example.com"
    error_message = "the first domain is the CDN's URL"
  }
}

run "the_public_reads_outputs_and_lists_nothing" {
  command = plan

  assert {
    condition     = google_storage_bucket_iam_member.grant["public dst"].role == "roles/storage.legacyObjectReader" && google_storage_bucket_iam_member.grant["public dst"].member == "allUsers"
    error_message = "a public CDN needs objects readable, not listable"
  }
  assert {
    condition     = google_storage_bucket.src.public_access_prevention == "enforced" && google_storage_bucket.records.public_access_prevention == "enforced"
    error_message = "originals and records stay private"
  }
}

run "a_polled_url_does_not_stay_404" {
  command = plan

  assert {
    condition     = one(google_compute_backend_bucket.dst[0].cdn_policy[0].negative_caching_policy).code == 404 && one(google_compute_backend_bucket.dst[0].cdn_policy[0].negative_caching_policy).ttl == 10
    error_message = "404 may be kept for 10 seconds only"
  }
}

run "plain_http_is_redirected" {
  command = plan

  assert {
    condition     = google_compute_url_map.redirect[0].default_url_redirect[0].https_redirect && google_compute_global_forwarding_rule.http[0].port_range == "80"
    error_message = "port 80 must only redirect"
  }
}

run "an_own_certificate_replaces_the_managed_one" {
  command = plan

  variables {
    cdn_domains     = []
    cdn_certificate = { certificate = "-----BEGIN CERTIFICATE-----\n", private_key = "-----BEGIN PRIVATE KEY-----\n", host = "img.test" }
  }

  assert {
    condition     = length(google_compute_managed_ssl_certificate.cdn) == 0 && length(google_compute_ssl_certificate.own) == 1 && output.cdn_url == "https://img.test"
    error_message = "the own certificate must be used alone"
  }
}

run "a_private_cdn_is_filled_by_its_agent_only" {
  command = plan

  variables {
    cdn_signing_key = "AAAAAAAAAAAAAAAAAAAAAA=="
  }

  assert {
    condition     = google_storage_bucket.dst.public_access_prevention == "enforced" && !contains(keys(google_storage_bucket_iam_member.grant), "public dst")
    error_message = "a private CDN's bucket must not be public"
  }
  assert {
    condition     = google_storage_bucket_iam_member.cdn_fills[0].member == "serviceAccount:service-123456789012@cloud-cdn-fill.iam.gserviceaccount.com"
    error_message = "the cache-fill agent must be able to read"
  }
}

run "on_the_fly_stands_behind_the_same_load_balancer" {
  command = plan

  variables {
    onthefly = { enabled = true, url_source = true, allowed_origins = ["https://cdn.example.com"] }
  }

  assert {
    condition     = toset(one(google_compute_url_map.cdn[0].path_matcher).path_rule[0].paths) == toset(["/img", "/img/*"])
    error_message = "the prefix must lead to the service"
  }
  assert {
    condition     = google_compute_backend_service.onthefly[0].cdn_policy[0].cache_key_policy[0].include_query_string && google_compute_backend_service.onthefly[0].cdn_policy[0].cache_mode == "USE_ORIGIN_HEADERS"
    error_message = "parameters are in the query: it must be in the cache key"
  }
  assert {
    condition     = google_cloud_run_v2_service.service["onthefly"].ingress == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" && contains([for env in google_cloud_run_v2_service.service["onthefly"].template[0].containers[0].env : "${env.name}=${env.value}" if env.name == "ENABLE_URL_SIGNATURE"], "ENABLE_URL_SIGNATURE=true")
    error_message = "only the load balancer may reach it, and only signed URLs answer"
  }
  assert {
    condition     = contains([for env in google_cloud_run_v2_service.service["onthefly"].template[0].containers[0].env : env.name], "URL_SIGNATURE_KEY") && output.onthefly_url == "https://img.example.com/img"
    error_message = "the key must come from the secret"
  }
  assert {
    condition     = google_storage_bucket_iam_member.grant["onthefly my-pictures-imagetx-src"].role == "roles/storage.objectViewer"
    error_message = "the door must be able to read the bucket it mounts, and only read"
  }
}
