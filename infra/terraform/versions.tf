terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }
}

provider "google" {
  project = var.project_id
  region  = var.region
}

# The budget's API wants to know which project asks; the others are better without.
provider "google" {
  alias = "asking"

  project               = var.project_id
  billing_project       = var.project_id
  user_project_override = true
}
