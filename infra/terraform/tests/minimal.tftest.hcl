# The least that deploys: two images, the function, a project. No CDN, nothing public.

variables {
  project_id       = "my-pictures"
  image            = "us-central1-docker.pkg.dev/my-pictures/imagetx/imagetx@sha256:0000000000000000000000000000000000000000000000000000000000000001"
  batch_image      = "us-central1-docker.pkg.dev/my-pictures/imagetx/imagebatch@sha256:0000000000000000000000000000000000000000000000000000000000000002"
  function_archive = "tests/fixtures/fan.zip.txt"
}

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

run "nothing_is_public" {
  command = plan

  assert {
    condition     = alltrue([for bucket in [google_storage_bucket.src, google_storage_bucket.dst, google_storage_bucket.records, google_storage_bucket.gcf] : bucket.public_access_prevention == "enforced" && bucket.uniform_bucket_level_access])
    error_message = "every bucket must prevent public access"
  }
  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.inline_invokers) == 0 && length(google_cloud_run_v2_service_iam_member.cdn_invokes_onthefly) == 0
    error_message = "nobody may call a service that was not named"
  }
  assert {
    condition     = length(google_compute_global_forwarding_rule.https) == 0 && output.cdn_url == ""
    error_message = "without a domain or a certificate there is no CDN"
  }
  assert {
    condition     = google_cloud_run_v2_service.service["imagebatch"].ingress == "INGRESS_TRAFFIC_INTERNAL_ONLY" && google_cloudfunctions2_function.fan.service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY"
    error_message = "converter and Fan take internal traffic only"
  }
}

run "the_queue_never_sends_more_than_the_converter_takes" {
  command = plan

  variables {
    batch_max_instances = 7
    batch_concurrency   = 3
  }

  assert {
    condition     = google_cloud_tasks_queue.queue["q1"].rate_limits[0].max_concurrent_dispatches == 21
    error_message = "concurrency of the queue must be instances x concurrency"
  }
  assert {
    condition     = google_cloud_run_v2_service.service["imagebatch"].template[0].scaling[0].max_instance_count == 7 && google_cloud_run_v2_service.service["imagebatch"].template[0].max_instance_request_concurrency == 3
    error_message = "the converter must have the sizes asked for"
  }
}

run "accounts_hold_no_more_than_they_need" {
  command = plan

  assert {
    condition     = toset(keys(google_service_account.component)) == toset(["imagetx", "imagebatch", "fan", "tasks", "trigger", "build"])
    error_message = "one account per component, and none for a door that is off"
  }
  assert {
    condition     = !anytrue([for key in keys(google_storage_bucket_iam_member.grant) : startswith(key, "fan ") || startswith(key, "tasks ") || startswith(key, "public ")])
    error_message = "Fan and the queue's identity have no bucket role, and neither has the public"
  }
  assert {
    condition     = google_storage_bucket_iam_member.grant["imagebatch src"].role == "roles/storage.objectViewer"
    error_message = "the converter only reads originals"
  }
}

run "the_converter_deletes_sources_only_when_told" {
  command = plan

  variables {
    delete_sources = true
  }

  assert {
    condition     = google_storage_bucket_iam_member.grant["imagebatch src"].role == "roles/storage.objectUser"
    error_message = "deleting needs objectUser"
  }
  assert {
    condition     = contains([for env in google_cloud_run_v2_service.service["imagebatch"].template[0].containers[0].env : env.value if env.name == "DELETE_SOURCE"], "true")
    error_message = "the converter must be told to delete"
  }
}

run "fan_and_converter_agree_on_the_audience" {
  command = plan

  assert {
    condition     = google_cloudfunctions2_function.fan.service_config[0].environment_variables["RUN_AUDIENCE"] == "https://imagebatch-123456789012.us-central1.run.app"
    error_message = "Fan must ask for tokens for the converter's own URL"
  }
  assert {
    condition     = contains([for env in google_cloud_run_v2_service.service["imagebatch"].template[0].containers[0].env : env.value if env.name == "RUN_AUDIENCE"], "https://imagebatch-123456789012.us-central1.run.app")
    error_message = "the converter must expect tokens for its own URL"
  }
}

run "an_open_inline_service_demands_a_key" {
  command = plan

  variables {
    unauthenticated_inline = true
  }

  assert {
    condition     = keys(google_secret_manager_secret.key) == ["api_key"] && contains([for env in google_cloud_run_v2_service.service["imagetx"].template[0].containers[0].env : env.name], "API_KEY")
    error_message = "an open service needs API_KEY from a secret"
  }
  assert {
    condition     = contains([for env in google_cloud_run_v2_service.service["imagetx"].template[0].containers[0].env : env.value if env.name == "REQUIRE_AUTH"], "true")
    error_message = "an open service must refuse to start without a key"
  }
}

run "a_secret_that_exists_is_not_made_again" {
  command = plan

  variables {
    unauthenticated_inline = true
    existing_secrets       = { api_key = "my-key" }
  }

  assert {
    condition     = length(google_secret_manager_secret.key) == 0 && google_secret_manager_secret_iam_member.reads["api_key"].secret_id == "my-key"
    error_message = "the existing secret must be used"
  }
}
