variable "project_id" {
  description = "The Google Cloud project everything is made in."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be a project id such as my-pictures-123 (6 to 30 lower-case letters, digits, hyphens), not a name or a number."
  }
}

variable "region" {
  description = "One region for buckets, queue, services and function. The event trigger must be where the source bucket is."
  type        = string
  default     = "us-central1"
  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region must be a single region such as us-central1, not a zone or a multi-region."
  }
}

variable "image" {
  description = "Image of the inline and on-the-fly service, by digest."
  type        = string
  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "image must be named by digest (...@sha256:<64 hex digits>): a tag can change under a running service."
  }
}

variable "batch_image" {
  description = "Image of the batch converter, by digest."
  type        = string
  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.batch_image))
    error_message = "batch_image must be named by digest (...@sha256:<64 hex digits>): a tag can change under a running service."
  }
}

variable "function_archive" {
  description = "Path of the zip file with the source of the function Fan (its bundle and package.json at the top)."
  type        = string
  validation {
    condition     = fileexists(var.function_archive)
    error_message = "function_archive must be the path of an existing zip file; `npm run build` makes its content."
  }
}

variable "bucket_prefix" {
  description = "Bucket names are <prefix>-src, -dst, -records and -gcf. Empty: <project_id>-imagetx."
  type        = string
  default     = ""
  validation {
    condition     = var.bucket_prefix == "" || can(regex("^[a-z0-9][a-z0-9-]{1,53}[a-z0-9]$", var.bucket_prefix))
    error_message = "bucket_prefix must be 3 to 55 lower-case letters, digits and hyphens."
  }
}

variable "source_days" {
  description = "Days after which every original is deleted from the source bucket, including those that the on-the-fly door reads. 0 keeps them."
  type        = number
  default     = 0
  validation {
    condition     = var.source_days >= 0 && floor(var.source_days) == var.source_days
    error_message = "source_days must be a whole number of days, 0 or more."
  }
}

variable "delete_sources" {
  description = "Let the converter delete an original once all of its outputs are verified (this lets it write to the source bucket)."
  type        = bool
  default     = false
}

variable "name_prefix" {
  description = "Put before every name, with a hyphen, so that a project has room for several deployments: `stage` makes stage-imagetx, stage-q1, stage-img-fan."
  type        = string
  default     = ""
  validation {
    condition     = var.name_prefix == "" || can(regex("^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$", var.name_prefix))
    error_message = "name_prefix must be 1 to 10 lower-case letters, digits and hyphens, the first a letter, the last no hyphen."
  }
}

variable "shared_agents" {
  description = "Grant Google's own agents, of which a project has one each, their roles. false for further deployments in a project: whoever is destroyed first would take the roles from the others."
  type        = bool
  default     = true
}

variable "presets" {
  description = "Object with the presets of all doors, such as gs://my-pictures-config/presets.yaml. Empty: none."
  type        = string
  default     = ""
  validation {
    condition     = var.presets == "" || can(regex("^gs://[a-z0-9][a-z0-9._-]+/.+", var.presets))
    error_message = "presets must be an object's URL such as gs://my-pictures-config/presets.yaml."
  }
}

variable "uploads" {
  description = "Direct uploads: the inline service starts them (POST /uploads), and clients put the bytes straight into the source bucket. origins: pages that may use upload URLs signed by Cloud Storage, such as https://www.example.com."
  type = object({
    enabled = optional(bool, false)
    origins = optional(list(string), [])
  })
  default = {}
  validation {
    condition     = alltrue([for origin in var.uploads.origins : can(regex("^https?://[^/*]+$", origin))])
    error_message = "uploads.origins are origins such as https://www.example.com: scheme and host, no path, no asterisk."
  }
}

variable "events" {
  description = "Tells of new outputs, failures and manifests. topic: name of a Pub/Sub topic to make; webhook: URL that gets each message by POST, with a token (OIDC) for that URL."
  type = object({
    topic   = optional(string, "")
    webhook = optional(string, "")
  })
  default = {}
  validation {
    condition     = var.events.topic == "" || can(regex("^[A-Za-z][A-Za-z0-9_.~+%-]{2,200}$", var.events.topic))
    error_message = "events.topic must be 3 or more letters, digits and hyphens, such as image-events, not a path."
  }
  validation {
    condition     = var.events.webhook == "" || (startswith(var.events.webhook, "https://") && var.events.topic != "")
    error_message = "events.webhook must be an https:// URL, and needs events.topic."
  }
}

variable "cors_origins" {
  description = "Origins whose pages may read outputs with fetch(), such as https://www.example.com."
  type        = list(string)
  default     = []
}

variable "force_destroy" {
  description = "Let `terraform destroy` delete buckets that still hold objects."
  type        = bool
  default     = false
}

variable "inline_invokers" {
  description = "Who may call the inline service, such as user:me@example.com or serviceAccount:app@project.iam.gserviceaccount.com."
  type        = set(string)
  default     = []
  validation {
    condition     = alltrue([for member in var.inline_invokers : can(regex("^(user|group|serviceAccount|domain|principal|principalSet):", member))])
    error_message = "inline_invokers are IAM members with a prefix (user:, group:, serviceAccount:, ...). For everybody set unauthenticated_inline, which also demands an API key."
  }
}

variable "unauthenticated_inline" {
  description = "Open the inline service to the internet. It then demands an API key, kept in Secret Manager."
  type        = bool
  default     = false
}

variable "existing_secrets" {
  description = "Ids of secrets that exist already and have a version. Those left out are created, empty, when needed."
  type = object({
    api_key       = optional(string)
    signature_key = optional(string)
  })
  default = {}
}
