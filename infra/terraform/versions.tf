# No provider and no backend here: this folder is a module (examples/), and works as it stands by the provider's own
# defaults. Every resource names its project.
terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }
}
