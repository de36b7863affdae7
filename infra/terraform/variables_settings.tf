# settings.json has the names of all settings, written from the programs' own tables (`npm run docs`).

locals {
  settings = jsondecode(file("${path.module}/settings.json"))
  # component -> the program whose settings it reads
  programs = { imagetx = "service", onthefly = "service", imagebatch = "converter", fan = "fan", backfill = "fan" }
}

variable "extra_env" {
  description = "Further settings of each component, or others than this module's own: { onthefly = { CORS = \"true\" }, fan = { NAMES = \"full\" } }. The names are those of docs/configuration.md. backfill gets those of fan too."
  type = object({
    imagetx    = optional(map(string), {})
    imagebatch = optional(map(string), {})
    onthefly   = optional(map(string), {})
    fan        = optional(map(string), {})
    backfill   = optional(map(string), {})
  })
  default = {}
  validation {
    condition     = alltrue(flatten([for component, env in var.extra_env : [for name in keys(env) : contains(keys(local.settings[local.programs[component]]), name)]]))
    error_message = "extra_env has settings that do not exist: ${join(", ", flatten([for component, env in var.extra_env : [for name in keys(env) : "${component}.${name}" if !contains(keys(local.settings[local.programs[component]]), name)]]))}. docs/configuration.md lists them."
  }
  validation {
    condition     = alltrue(flatten([for component, env in var.extra_env : [for name, value in env : can(regex(lookup(local.settings[local.programs[component]], name, ""), value))]]))
    error_message = "extra_env has values of the wrong kind: ${join(", ", flatten([for component, env in var.extra_env : [for name, value in env : "${component}.${name}=${value}" if !can(regex(lookup(local.settings[local.programs[component]], name, ""), value))]]))}. docs/configuration.md says what each takes."
  }
  validation {
    condition     = alltrue([for env in values(var.extra_env) : length(setintersection(keys(env), ["API_KEY", "API_KEYS", "URL_SIGNATURE_KEY", "URL_SIGNATURE_KEYS", "AUTHORIZATION"])) == 0])
    error_message = "extra_env would keep keys in the state and show them in the console: use existing_secrets."
  }
}

variable "secret_versions" {
  description = "The version of each secret that services read. Give the next number to change a key; what runs keeps the old one until then."
  type = object({
    api_key       = optional(number, 1)
    signature_key = optional(number, 1)
  })
  default = {}
}
