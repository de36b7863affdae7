# The same facts as the exported metrics, taken from log lines: no flush, no exporter, right where CPU is throttled.

locals {
  # Cloud Run, functions and GKE write the same line.
  log_services = join(" OR ", [for name in ["imagetx", "imagebatch", "onthefly", "fan"] : "\"${local.prefix}${name}\""])
  log_source   = "(resource.labels.service_name=(${local.log_services}) OR resource.labels.container_name=\"${local.prefix}imagetx\")"
}

resource "google_logging_metric" "bytes" {
  project         = var.project_id
  name            = "${local.prefix}imagetx/bytes"
  description     = "Bytes written per output, by file type"
  filter          = "${local.log_source} AND jsonPayload.event=\"converted\""
  value_extractor = "EXTRACT(jsonPayload.bytes)"
  label_extractors = {
    filetype = "EXTRACT(jsonPayload.filetype)"
  }

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "DISTRIBUTION"
    unit         = "By"
    display_name = "Bytes processed by file type"
    labels {
      key         = "filetype"
      value_type  = "STRING"
      description = "Type of the output, such as jpg"
    }
  }

  bucket_options {
    exponential_buckets {
      num_finite_buckets = 32
      growth_factor      = 2
      scale              = 256
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_logging_metric" "dead_letters" {
  project     = var.project_id
  name        = "${local.prefix}imagetx/dead_letters"
  description = "Outputs given up, each with a record _failed/<output>.json"
  filter      = "${local.log_source} AND jsonPayload.event=\"dead_letter\""

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "INT64"
    unit         = "1"
    display_name = "Dead letters"
  }

  depends_on = [google_project_service.api]
}
