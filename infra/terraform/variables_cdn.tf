variable "cdn_domains" {
  description = "Host names of the CDN with a Google-managed certificate. Point their A record at the output cdn_ip."
  type        = list(string)
  default     = []
  validation {
    condition     = length(var.cdn_domains) <= 100 && alltrue([for name in var.cdn_domains : can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", name))])
    error_message = "cdn_domains are at most 100 lower-case host names such as img.example.com, without scheme, path or wildcard."
  }
}

variable "cdn_certificate" {
  description = "An own certificate instead of a managed one: chain and key as PEM. host is what clients call; empty: the IP address. The key is stored in the state."
  type = object({
    certificate = string
    private_key = string
    host        = optional(string, "")
  })
  default   = null
  sensitive = true
  validation {
    condition     = var.cdn_certificate == null || try(startswith(var.cdn_certificate.certificate, "-----BEGIN CERTIFICATE-----"), false)
    error_message = "cdn_certificate.certificate must be PEM text starting with -----BEGIN CERTIFICATE-----."
  }
  validation {
    condition     = var.cdn_certificate == null || length(var.cdn_domains) == 0
    error_message = "Give cdn_domains (managed certificate) or cdn_certificate (own certificate), not both."
  }
}

variable "cdn_signing_key" {
  description = "Makes the CDN private: outputs answer to signed URLs only. 128 random bits, base64url (22 characters and ==). It is stored in the state."
  type        = string
  default     = ""
  sensitive   = true
  validation {
    condition     = var.cdn_signing_key == "" || can(regex("^[A-Za-z0-9_-]{22}==$", var.cdn_signing_key))
    error_message = "cdn_signing_key must be 16 bytes in base64url: head -c 16 /dev/urandom | base64 | tr +/ -_"
  }
  validation {
    condition     = var.cdn_signing_key == "" || length(var.cdn_domains) > 0 || var.cdn_certificate != null
    error_message = "cdn_signing_key needs a CDN: give cdn_domains or cdn_certificate as well."
  }
}

variable "onthefly" {
  description = "The on-the-fly door (Imaginary's API) behind the same load balancer and CDN, under path_prefix. Every URL must be signed."
  type = object({
    enabled         = optional(bool, false)
    path_prefix     = optional(string, "/img")
    mount_bucket    = optional(string, "")
    url_source      = optional(bool, false)
    allowed_origins = optional(list(string), [])
    cache_seconds   = optional(number, 86400)
    max_instances   = optional(number, 10)
    # Days that an answer is kept in a bucket of results, so that it is made once; 0: not kept.
    results_days = optional(number, 0)
    # Requests of one address that miss the cache; 0: no limit. Cloud Armor bills a policy by the month.
    requests_per_minute = optional(number, 600)
  })
  default = {}
  validation {
    condition     = can(regex("^(/[a-z0-9][a-z0-9-]*)+$", var.onthefly.path_prefix))
    error_message = "onthefly.path_prefix must start with / and not end with it, such as /img."
  }
  validation {
    condition     = !var.onthefly.enabled || length(var.cdn_domains) > 0 || var.cdn_certificate != null
    error_message = "onthefly needs the load balancer: give cdn_domains or cdn_certificate as well."
  }
  validation {
    condition     = var.onthefly.results_days >= 0 && floor(var.onthefly.results_days) == var.onthefly.results_days && var.onthefly.requests_per_minute >= 0
    error_message = "onthefly.results_days must be a whole number of days, and requests_per_minute 0 or more."
  }
  validation {
    condition     = length(var.onthefly.allowed_origins) > 0 || !var.onthefly.url_source
    error_message = "onthefly.url_source fetches what URLs name: list the allowed_origins."
  }
}
