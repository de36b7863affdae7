# One file of presets for all doors: PRESETS=gs://BUCKET/OBJECT. The converter needs none: its tasks have the steps.

locals {
  presets_bucket = var.presets == "" ? "" : split("/", trimprefix(var.presets, "gs://"))[0]
  presets_env    = var.presets == "" ? {} : { PRESETS = var.presets }
}
