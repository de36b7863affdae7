# What an operator sees.

variables {
  project_id       = "my-pictures"
  image            = "us-central1-docker.pkg.dev/my-pictures/imagetx/imagetx@sha256:0000000000000000000000000000000000000000000000000000000000000001"
  batch_image      = "us-central1-docker.pkg.dev/my-pictures/imagetx/imagebatch@sha256:0000000000000000000000000000000000000000000000000000000000000002"
  function_archive = "tests/fixtures/fan.zip.txt"
}

mock_provider "google" {}

run "the_heat_map_reads_the_exported_metric_and_names_its_fallback" {
  command = plan

  assert {
    condition     = jsondecode(google_monitoring_dashboard.imagetx.dashboard_json).gridLayout.widgets[0].xyChart.dataSets[0].plotType == "HEATMAP"
    error_message = "the first tile must be the heat map"
  }
  assert {
    condition     = anytrue([for tile in jsondecode(google_monitoring_dashboard.imagetx.dashboard_json).gridLayout.widgets : strcontains(tile.xyChart.dataSets[0].timeSeriesQuery.timeSeriesFilter.filter, "custom.googleapis.com/opencensus/mBytes/bytes") && contains(tile.xyChart.dataSets[0].timeSeriesQuery.timeSeriesFilter.aggregation.groupByFields, "metric.label.filetype") if tile.xyChart.dataSets[0].plotType == "HEATMAP"])
    error_message = "a heat map must show the exported metric by file type"
  }
  assert {
    condition     = anytrue([for tile in jsondecode(google_monitoring_dashboard.imagetx.dashboard_json).gridLayout.widgets : strcontains(tile.title, "logging.googleapis.com/user/imagetx/bytes")])
    error_message = "the fallback must be named"
  }
}

run "the_log_based_metric_counts_bytes_by_file_type" {
  command = plan

  assert {
    condition     = google_logging_metric.bytes.metric_descriptor[0].value_type == "DISTRIBUTION" && google_logging_metric.bytes.metric_descriptor[0].unit == "By" && one(google_logging_metric.bytes.metric_descriptor[0].labels).key == "filetype"
    error_message = "a distribution of bytes with the label filetype"
  }
}

run "four_alerts_and_no_budget_unless_asked" {
  command = plan

  assert {
    condition     = length(google_monitoring_alert_policy.alert) == 4 && length(google_billing_budget.monthly) == 0 && length(google_monitoring_notification_channel.email) == 0
    error_message = "queue, errors, dead letters and latency; budget and mail only when named"
  }
}

run "a_budget_watches_this_project_only" {
  command = plan
  variables {
    billing_account = "012345-6789AB-CDEF01"
    alert_email     = "me@example.com"
  }
  assert {
    condition     = length(google_billing_budget.monthly[0].budget_filter[0].projects) == 1 && length(google_monitoring_alert_policy.alert["dead"].notification_channels) == 1
    error_message = "the budget must be narrowed to the project, and alerts must mail"
  }
}
