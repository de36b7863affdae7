# The folder as a module: two deployments in one project. From elsewhere the source is
# git::https://HOST/REPOSITORY.git//infra/terraform?ref=v1.1.0.
terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }
  backend "gcs" {
    prefix = "imagetx" # terraform init -backend-config="bucket=$PROJECT_ID-terraform"
  }
}

variable "project_id" {
  type = string
}

variable "image" {
  type = string
}

variable "batch_image" {
  type = string
}

provider "google" {
  project = var.project_id
}

module "live" {
  source = "../.."

  project_id       = var.project_id
  image            = var.image
  batch_image      = var.batch_image
  function_archive = "${path.module}/../../../../dist/fan.zip"
  cdn_domains      = ["img.example.com"]
  onthefly         = { enabled = true, results_days = 30 }
}

module "stage" {
  source = "../.."

  name_prefix      = "stage"
  project_id       = var.project_id
  image            = var.image
  batch_image      = var.batch_image
  function_archive = "${path.module}/../../../../dist/fan.zip"
  shared_agents    = false # the other one has granted Google's own agents their roles
}

output "live" {
  value = module.live.try
}

output "stage" {
  value = module.stage.try
}
