# Mistakes are named before anything is made.

variables {
  project_id       = "my-pictures"
  image            = "us-central1-docker.pkg.dev/my-pictures/imagetx/imagetx@sha256:0000000000000000000000000000000000000000000000000000000000000001"
  batch_image      = "us-central1-docker.pkg.dev/my-pictures/imagetx/imagebatch@sha256:0000000000000000000000000000000000000000000000000000000000000002"
  function_archive = "tests/fixtures/fan.zip.txt"
}

mock_provider "google" {}

run "a_tag_is_not_a_digest" {
  command = plan
  variables {
    image       = "us-central1-docker.pkg.dev/my-pictures/imagetx/imagetx:latest"
    batch_image = "imagebatch"
  }
  expect_failures = [var.image, var.batch_image]
}

run "a_project_number_is_not_an_id" {
  command = plan
  variables {
    project_id = "123456789012"
  }
  expect_failures = [var.project_id]
}

run "a_zone_is_not_a_region" {
  command = plan
  variables {
    region = "us-central1-a"
  }
  expect_failures = [var.region]
}

run "the_archive_must_exist" {
  command = plan
  variables {
    function_archive = "tests/fixtures/fan.zip.txt.missing"
  }
  expect_failures = [var.function_archive]
}

run "everybody_is_not_an_invoker" {
  command = plan
  variables {
    inline_invokers = ["allUsers"]
  }
  expect_failures = [var.inline_invokers]
}

run "sizes_have_limits" {
  command = plan
  variables {
    batch_max_instances   = 0
    batch_concurrency     = 80
    dispatches_per_second = 501
    inline_min_instances  = 11
    source_days           = 1.5
  }
  expect_failures = [var.batch_max_instances, var.batch_concurrency, var.dispatches_per_second, var.inline_min_instances, var.source_days]
}

run "a_private_cdn_needs_a_cdn_and_a_real_key" {
  command = plan
  variables {
    cdn_signing_key = "secret"
  }
  expect_failures = [var.cdn_signing_key]
}

run "one_certificate_is_enough" {
  command = plan
  variables {
    cdn_domains     = ["img.example.com"]
    cdn_certificate = { certificate = "-----BEGIN CERTIFICATE-----\n", private_key = "k" }
  }
  expect_failures = [var.cdn_certificate]
}

run "a_url_is_not_a_domain" {
  command = plan
  variables {
    cdn_domains = ["https://img.example.com/"]
  }
  expect_failures = [var.cdn_domains]
}

run "on_the_fly_needs_the_load_balancer_and_named_origins" {
  command = plan
  variables {
    onthefly = { enabled = true, url_source = true, path_prefix = "img/" }
  }
  expect_failures = [var.onthefly]
}

run "a_billing_account_has_a_shape" {
  command = plan
  variables {
    billing_account = "my account"
    alert_email     = "nobody"
  }
  expect_failures = [var.billing_account, var.alert_email]
}

run "settings_must_exist_and_be_of_their_kind" {
  command = plan
  variables {
    extra_env = { imagetx = { CONVERSION = "2", CORS = "true" }, fan = { MAX_OUTPUTS = "many" } }
  }
  expect_failures = [var.extra_env]
}

run "keys_do_not_go_into_the_state" {
  command = plan
  variables {
    extra_env = { onthefly = { URL_SIGNATURE_KEY = "0123456789012345678901234567890123456789" } }
  }
  expect_failures = [var.extra_env]
}

run "names_urls_and_origins_have_a_shape" {
  command = plan
  variables {
    name_prefix = "Stage-"
    presets     = "presets.yaml"
    uploads     = { origins = ["*"] }
    events      = { webhook = "http://example.com" }
    queues      = 0
    backfill    = { tasks = 0 }
  }
  expect_failures = [var.name_prefix, var.presets, var.uploads, var.events, var.queues, var.backfill]
}
