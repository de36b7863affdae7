# What is off until it is asked for.

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

run "a_name_prefix_makes_room_for_another_deployment" {
  command = plan

  variables {
    name_prefix = "stage"
    cdn_domains = ["stage.example.com"]
    onthefly    = { enabled = true, results_days = 7 }
    events      = { topic = "image-events", webhook = "https://hooks.example.com/images" }
    backfill    = { enabled = true }
    queues      = 2
  }

  assert {
    condition = alltrue([for name in concat(
      values(google_cloud_run_v2_service.service)[*].name, values(google_cloud_tasks_queue.queue)[*].name, values(google_service_account.component)[*].account_id,
      values(google_secret_manager_secret.key)[*].secret_id, [google_artifact_registry_repository.images.repository_id, google_artifact_registry_repository.functions.repository_id],
      [google_cloudfunctions2_function.fan.name, google_pubsub_topic.events[0].name, google_pubsub_subscription.webhook[0].name, google_cloud_run_v2_job.backfill[0].name],
      [google_compute_global_address.cdn[0].name, google_compute_url_map.cdn[0].name, google_compute_url_map.redirect[0].name, google_compute_backend_bucket.dst[0].name],
      [google_compute_backend_service.onthefly[0].name, google_compute_security_policy.edge[0].name, google_compute_security_policy.onthefly[0].name, google_compute_ssl_policy.cdn[0].name],
      [google_compute_target_https_proxy.cdn[0].name, google_compute_target_http_proxy.redirect[0].name, google_compute_global_forwarding_rule.https[0].name, google_logging_metric.bytes.name],
    ) : startswith(name, "stage-")])
    error_message = "a name without the prefix would be that of another deployment"
  }
  assert {
    condition     = google_storage_bucket.src.name == "my-pictures-stage-imagetx-src" && google_storage_bucket.results[0].name == "my-pictures-stage-imagetx-results"
    error_message = "buckets need the prefix too"
  }
  assert {
    condition     = alltrue([for account in values(google_service_account.component) : length(account.account_id) <= 30])
    error_message = "an account's id has at most 30 characters"
  }
  assert {
    condition     = google_cloudfunctions2_function.fan.service_config[0].environment_variables["QUEUE"] == "stage-q1,stage-q2" && google_cloudfunctions2_function.fan.service_config[0].environment_variables["RUN_URL"] == "https://stage-imagebatch-123456789012.us-central1.run.app"
    error_message = "Fan must use this deployment's queues and converter"
  }
}

run "extra_env_adds_and_replaces" {
  command = plan

  variables {
    extra_env = { imagetx = { CONVERSIONS = "4", CORS = "true" }, imagebatch = { MANIFEST = "true" }, fan = { NAMES = "full" } }
  }

  assert {
    condition     = { for env in google_cloud_run_v2_service.service["imagetx"].template[0].containers[0].env : env.name => env.value if contains(["CONVERSIONS", "CORS", "DOORS"], env.name) } == { CONVERSIONS = "4", CORS = "true", DOORS = "inline" }
    error_message = "the service must get the operator's settings beside its own"
  }
  assert {
    condition     = contains([for env in google_cloud_run_v2_service.service["imagebatch"].template[0].containers[0].env : "${env.name}=${env.value == null ? "" : env.value}"], "MANIFEST=true") && google_cloudfunctions2_function.fan.service_config[0].environment_variables["NAMES"] == "full"
    error_message = "so must converter and Fan"
  }
}

run "several_queues_share_what_the_converter_takes" {
  command = plan

  variables {
    queues                = 4
    dispatches_per_second = 500
  }

  assert {
    condition     = [for queue in values(google_cloud_tasks_queue.queue) : "${queue.name} ${queue.rate_limits[0].max_concurrent_dispatches}"] == ["q1 10", "q2 10", "q3 10", "q4 10"]
    error_message = "four queues must share 40 requests"
  }
  assert {
    condition     = length(google_cloud_tasks_queue_iam_member.enqueues) == 4
    error_message = "Fan must be allowed to use each"
  }
}

run "results_end_by_their_age" {
  command = plan

  variables {
    cdn_domains = ["img.example.com"]
    onthefly    = { enabled = true, results_days = 30 }
  }

  assert {
    condition     = one(one(google_storage_bucket.results[0].lifecycle_rule).condition).age == 30
    error_message = "results must be deleted by age"
  }
  assert {
    condition     = google_storage_bucket.results[0].public_access_prevention == "enforced" && google_storage_bucket_iam_member.grant["onthefly results"].role == "roles/storage.objectUser"
    error_message = "results are private, and the door writes and purges them"
  }
  assert {
    condition     = contains([for env in google_cloud_run_v2_service.service["onthefly"].template[0].containers[0].env : "${env.name}=${env.value == null ? "" : env.value}"], "RESULTS=gs://my-pictures-imagetx-results")
    error_message = "the door must know the bucket"
  }
}

run "the_on_the_fly_path_has_a_rate_for_each_address" {
  command = plan

  variables {
    cdn_domains = ["img.example.com"]
    onthefly    = { enabled = true, requests_per_minute = 120 }
  }

  assert {
    condition     = [for rule in google_compute_security_policy.onthefly[0].rule : "${rule.action} ${rule.rate_limit_options[0].rate_limit_threshold[0].count} ${rule.rate_limit_options[0].exceed_action}" if length(rule.rate_limit_options) > 0] == ["throttle 120 deny(429)"]
    error_message = "more than 120 requests a minute must get 429"
  }
}

run "presets_reach_every_door" {
  command = plan

  variables {
    presets     = "gs://my-config/presets.yaml"
    cdn_domains = ["img.example.com"]
    onthefly    = { enabled = true }
  }

  assert {
    condition     = alltrue([for name, service in google_cloud_run_v2_service.service : name == "imagebatch" || contains([for env in service.template[0].containers[0].env : "${env.name}=${env.value == null ? "" : env.value}"], "PRESETS=gs://my-config/presets.yaml")]) && google_cloudfunctions2_function.fan.service_config[0].environment_variables["PRESETS"] == "gs://my-config/presets.yaml"
    error_message = "services and Fan must read the same file"
  }
  assert {
    condition     = toset([for key, grant in google_storage_bucket_iam_member.grant : key if endswith(key, " presets") && grant.bucket == "my-config" && grant.role == "roles/storage.objectViewer"]) == toset(["imagetx presets", "onthefly presets", "fan presets"])
    error_message = "and may"
  }
}

run "browsers_of_named_origins_may_upload" {
  command = plan

  variables {
    uploads = { enabled = true, origins = ["https://www.example.com"] }
  }

  assert {
    condition     = one(google_storage_bucket.src.cors).origin == tolist(["https://www.example.com"]) && contains(one(google_storage_bucket.src.cors).method, "PUT")
    error_message = "the source bucket must take their PUT"
  }
  assert {
    condition     = toset([for key, grant in google_storage_bucket_iam_member.grant : "${grant.bucket} ${grant.role}" if startswith(key, "imagetx ") && key != "imagetx dst"]) == toset(["my-pictures-imagetx-src roles/storage.objectCreator", "my-pictures-imagetx-records roles/storage.objectCreator", "my-pictures-imagetx-records roles/storage.objectViewer"])
    error_message = "the inline service may start uploads and tell their state, and cannot overwrite or read an original"
  }
}

run "outputs_and_records_are_told_to_a_webhook" {
  command = plan

  variables {
    events = { topic = "image-events", webhook = "https://hooks.example.com/images" }
  }

  assert {
    condition     = toset(keys(google_storage_notification.events)) == toset(["dst", "records"]) && google_storage_notification.events["dst"].event_types == toset(["OBJECT_FINALIZE"])
    error_message = "both buckets must tell of new objects"
  }
  assert {
    condition     = contains([for env in google_cloud_run_v2_service.service["imagebatch"].template[0].containers[0].env : "${env.name}=${env.value == null ? "" : env.value}"], "MANIFEST=true")
    error_message = "the converter must write the manifests that events tell of"
  }
  assert {
    condition     = google_pubsub_subscription.webhook[0].push_config[0].oidc_token[0].audience == "https://hooks.example.com/images"
    error_message = "the webhook must be able to tell Google's calls from others"
  }
}

run "backfill_is_a_job_of_its_own_account" {
  command = plan

  variables {
    backfill = { enabled = true, tasks = 8, prefix = "photos/", args = ["--formats", "webp"] }
  }

  assert {
    condition     = google_cloud_run_v2_job.backfill[0].template[0].task_count == 8 && slice(google_cloud_run_v2_job.backfill[0].template[0].template[0].containers[0].args, 0, 2) == tolist(["backfill", "gs://my-pictures-imagetx-src/photos/"])
    error_message = "eight tasks must share the folder"
  }
  assert {
    condition     = toset([for key, grant in google_storage_bucket_iam_member.grant : "${key} ${grant.role}" if startswith(key, "backfill ")]) == toset(["backfill src roles/storage.objectViewer", "backfill dst roles/storage.objectViewer", "backfill records roles/storage.objectUser"])
    error_message = "it lists, compares and keeps checkpoints, no more"
  }
}

run "secrets_are_read_by_their_number" {
  command = plan

  variables {
    unauthenticated_inline = true
    secret_versions        = { api_key = 3 }
  }

  assert {
    condition     = [for env in google_cloud_run_v2_service.service["imagetx"].template[0].containers[0].env : env.value_source[0].secret_key_ref[0].version if env.name == "API_KEY"] == ["3"]
    error_message = "a version that can change unseen is not pinned"
  }
}
