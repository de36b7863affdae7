locals {
  exported_bytes = "custom.googleapis.com/opencensus/mBytes/bytes"
  logged_bytes   = "logging.googleapis.com/user/${google_logging_metric.bytes.name}"

  heatmaps = {
    "Bytes processed by file type" : "metric.type=\"${local.exported_bytes}\""
    "Bytes processed by file type (from logs, where no exporter runs: ${local.logged_bytes})" : "metric.type=\"${local.logged_bytes}\""
  }

  # title -> filter, aligner, reducer, labels that stay apart
  lines = [
    ["Outputs per second by file type", "metric.type=\"${local.logged_bytes}\"", "ALIGN_DELTA", "REDUCE_COUNT", ["metric.label.filetype"]],
    ["Tasks waiting", "metric.type=\"cloudtasks.googleapis.com/queue/depth\" resource.type=\"cloud_tasks_queue\" resource.label.queue_id=monitoring.regex.full_match(\"${local.prefix}q[0-9]+\")", "ALIGN_MAX", "REDUCE_SUM", []],
    ["Requests by service and class", "metric.type=\"run.googleapis.com/request_count\" ${local.run_service}", "ALIGN_RATE", "REDUCE_SUM", ["resource.label.service_name", "metric.label.response_code_class"]],
    ["Latency p95 by service (ms)", "metric.type=\"run.googleapis.com/request_latencies\" ${local.run_service}", "ALIGN_PERCENTILE_95", "REDUCE_MAX", ["resource.label.service_name"]],
    ["Instances by service", "metric.type=\"run.googleapis.com/container/instance_count\" ${local.run_service}", "ALIGN_MAX", "REDUCE_SUM", ["resource.label.service_name"]],
    ["Dead letters", "metric.type=\"logging.googleapis.com/user/${google_logging_metric.dead_letters.name}\"", "ALIGN_DELTA", "REDUCE_SUM", []],
    ["CDN requests by cache result", "metric.type=\"loadbalancing.googleapis.com/https/request_count\" resource.type=\"https_lb_rule\"", "ALIGN_RATE", "REDUCE_SUM", ["metric.label.cache_result"]],
  ]

  heatmap_tiles = [for title, filter in local.heatmaps : {
    title = title
    xyChart = {
      dataSets = [{
        plotType   = "HEATMAP"
        targetAxis = "Y1"
        timeSeriesQuery = {
          timeSeriesFilter = {
            filter      = filter
            aggregation = { alignmentPeriod = "60s", perSeriesAligner = "ALIGN_DELTA", crossSeriesReducer = "REDUCE_SUM", groupByFields = ["metric.label.filetype"] }
          }
        }
      }]
      yAxis = { scale = "LOG10" }
    }
  }]

  line_tiles = [for line in local.lines : {
    title = line[0]
    xyChart = {
      dataSets = [{
        plotType   = "LINE"
        targetAxis = "Y1"
        timeSeriesQuery = {
          timeSeriesFilter = {
            filter      = line[1]
            aggregation = { alignmentPeriod = "60s", perSeriesAligner = line[2], crossSeriesReducer = line[3], groupByFields = line[4] }
          }
        }
      }]
    }
  }]
}

resource "google_monitoring_dashboard" "imagetx" {
  project = var.project_id
  dashboard_json = jsonencode({
    displayName = "${local.prefix}imagetx"
    gridLayout  = { columns = 2, widgets = concat(local.heatmap_tiles, local.line_tiles) }
  })

  depends_on = [google_project_service.api]
}
