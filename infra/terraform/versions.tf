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

  # Budgets are billed to the caller's quota project unless these are set.
  billing_project       = var.project_id
  user_project_override = true
}
