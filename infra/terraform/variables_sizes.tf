variable "inline_max_instances" {
  description = "Most instances of the inline service; each converts 2 pictures at a time."
  type        = number
  default     = 10
  validation {
    condition     = var.inline_max_instances >= 1 && var.inline_max_instances <= 1000
    error_message = "inline_max_instances must be from 1 to 1000."
  }
}

variable "inline_min_instances" {
  description = "Instances of the inline service kept warm (billed while idle). 0 scales to nothing."
  type        = number
  default     = 0
  validation {
    condition     = var.inline_min_instances >= 0 && var.inline_min_instances <= var.inline_max_instances
    error_message = "inline_min_instances must be from 0 to inline_max_instances."
  }
}

variable "batch_max_instances" {
  description = "Most instances of the batch converter; the queue's concurrency follows from it."
  type        = number
  default     = 10
  validation {
    condition     = var.batch_max_instances >= 1 && var.batch_max_instances <= 1000
    error_message = "batch_max_instances must be from 1 to 1000."
  }
}

variable "batch_concurrency" {
  description = "Requests one batch instance takes at a time: 2 where AVIF dominates, 4 otherwise (4 GiB of memory)."
  type        = number
  default     = 4
  validation {
    condition     = contains([2, 3, 4], var.batch_concurrency)
    error_message = "batch_concurrency must be 2, 3 or 4: more only adds memory, two cores are busy at 2."
  }
}

variable "queues" {
  description = "Queues that tasks are spread over, for more than 500 a second. They share what the converter takes."
  type        = number
  default     = 1
  validation {
    condition     = contains(range(1, 33), var.queues)
    error_message = "queues must be a whole number from 1 to 32."
  }
}

variable "backfill" {
  description = "The command `imagetx backfill` as a job: tasks share the objects below prefix; args are further arguments, such as [\"--formats\", \"webp\"]. Start it by the command of the output try."
  type = object({
    enabled = optional(bool, false)
    tasks   = optional(number, 4)
    prefix  = optional(string, "")
    args    = optional(list(string), [])
  })
  default = {}
  validation {
    condition     = contains(range(1, 1001), var.backfill.tasks)
    error_message = "backfill.tasks must be a whole number from 1 to 1000."
  }
}

variable "dispatches_per_second" {
  description = "Most tasks a queue starts per second."
  type        = number
  default     = 50
  validation {
    condition     = var.dispatches_per_second > 0 && var.dispatches_per_second <= 500
    error_message = "dispatches_per_second must be more than 0 and at most 500, Cloud Tasks' ceiling."
  }
}
