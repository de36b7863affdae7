# The three services are one table and one resource.

locals {
  cpu = "2"

  environment = {
    PROJECT_ID           = var.project_id
    GOOGLE_CLOUD_PROJECT = var.project_id
    CONVERSIONS          = local.cpu # pictures at a time: the cores
    DRAIN_MS             = "9000"    # Cloud Run kills 10 s after SIGTERM
  }

  all_services = {
    imagetx = {
      enabled     = true
      image       = var.image
      ingress     = "INGRESS_TRAFFIC_ALL" # private all the same: IAM checks each caller
      memory      = "2Gi"
      concurrency = 8
      timeout     = "300s" # the state of an upload may be followed for 240 s
      min         = var.inline_min_instances
      max         = var.inline_max_instances
      env = merge(local.presets_env, local.upload_env, local.cdn_enabled ? { CDN_URL = local.cdn_url } : {}, {
        DOORS            = "inline"
        DEST_BUCKET_NAME = google_storage_bucket.dst.name
        REQUIRE_AUTH     = tostring(var.unauthenticated_inline)
      })
    }
    imagebatch = {
      enabled     = true
      image       = var.batch_image
      ingress     = "INGRESS_TRAFFIC_INTERNAL_ONLY"
      memory      = "4Gi"
      concurrency = var.batch_concurrency
      timeout     = "600s" # at most the task's deadline
      min         = 0
      max         = var.batch_max_instances
      # A manifest tells that everything of a source is done: events are about those too.
      env = merge(var.events.topic != "" ? { MANIFEST = "true" } : {}, {
        SRC_BUCKET_NAME  = google_storage_bucket.src.name
        DEST_BUCKET_NAME = google_storage_bucket.dst.name
        RECORDS_BUCKET   = google_storage_bucket.records.name
        RUN_URL          = local.batch_url
        RUN_AUDIENCE     = local.batch_url
        SERVICE_ACCOUNT  = local.email["tasks"]
        MAX_ATTEMPTS     = tostring(local.max_attempts)
        DELETE_SOURCE    = tostring(var.delete_sources)
        IAM_VERIFIED     = "true" # IAM replaces the signature it has checked; claims are still read
      })
    }
    onthefly = {
      enabled     = var.onthefly.enabled
      image       = var.image
      ingress     = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
      memory      = "2Gi"
      concurrency = 8
      timeout     = "60s"
      min         = 0
      max         = var.onthefly.max_instances
      env         = merge(local.presets_env, local.onthefly_env)
    }
  }
  services = { for name, service in local.all_services : name => service if service.enabled }
}

resource "google_cloud_run_v2_service" "service" {
  for_each = local.services

  project             = var.project_id
  name                = "${local.prefix}${each.key}"
  location            = var.region
  ingress             = each.value.ingress
  deletion_protection = false # nothing is kept in a service; the buckets protect themselves
  labels              = local.labels

  template {
    service_account                  = local.email[each.key]
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    max_instance_request_concurrency = each.value.concurrency
    timeout                          = each.value.timeout

    scaling {
      min_instance_count = each.value.min
      max_instance_count = each.value.max
    }

    containers {
      image = each.value.image

      ports {
        container_port = 8080
      }
      resources {
        limits            = { cpu = local.cpu, memory = each.value.memory }
        cpu_idle          = true
        startup_cpu_boost = true
      }

      dynamic "env" {
        for_each = merge(local.environment, each.value.env, var.extra_env[each.key])
        content {
          name  = env.key
          value = env.value
        }
      }
      dynamic "env" {
        for_each = { for name, secret in local.needed_secrets : secret.env => name if secret.service == each.key }
        content {
          name = env.key
          value_source {
            secret_key_ref {
              secret  = local.secret_id[env.value]
              version = local.secret_version[env.value]
            }
          }
        }
      }

      startup_probe {
        period_seconds    = 1
        failure_threshold = 30
        http_get {
          path = "/readyz"
        }
      }
      liveness_probe {
        period_seconds    = 10
        failure_threshold = 3
        timeout_seconds   = 5
        http_get {
          path = "/healthz"
        }
      }
    }
  }

  depends_on = [
    google_project_service.api,
    google_secret_manager_secret_iam_member.reads,
  ]
}
