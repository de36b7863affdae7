{{- define "imagetx.name" -}}
{{- .Release.Name | replace "." "-" | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{- define "imagetx.selector" -}}
app.kubernetes.io/name: {{ include "imagetx.name" . }}
{{- end }}

{{- define "imagetx.labels" -}}
{{ include "imagetx.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "imagetx.service" -}}
{{- .Values.service.name | default (include "imagetx.name" .) -}}
{{- end }}

{{- define "imagetx.account" -}}
{{- .Values.serviceAccount.name | default (include "imagetx.name" .) -}}
{{- end }}

{{- define "imagetx.image" -}}
{{- $repository := required "image.repository: expected the name of an image that you have pushed, got nothing" .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{ $repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ $repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* A setting as text. Helm reads 33554432 as 3.3554432e+07. */}}
{{- define "imagetx.text" -}}
{{- if and (kindIs "float64" .) (eq . (float64 (int64 .))) -}}{{ int64 . }}{{- else -}}{{ . }}{{- end -}}
{{- end }}

{{/* Values that Kubernetes takes and that never work. */}}
{{- define "imagetx.checkValues" -}}
{{- $flag := join " " .Values.args | regexFind "(^| )--?p[ =][0-9]+" | regexFind "[0-9]+$" -}}
{{- if and $flag (ne $flag (toString .Values.port)) -}}
{{- fail (printf "args: expected -p %v, where probes and Service go by the value `port`, got -p %s" .Values.port $flag) -}}
{{- end -}}
{{- if and .Values.metrics.enabled (eq (int .Values.metrics.port) (int .Values.port)) -}}
{{- fail (printf "metrics.port: expected another port than `port`, got %d for both" (int .Values.port)) -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- fail (printf "autoscaling.maxReplicas: expected at least minReplicas (%d), got %d" (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- end -}}
{{- if and .Values.secret.keys (not .Values.secret.name) -}}
{{- fail "secret.name: expected the name of a Secret that has secret.keys, got nothing" -}}
{{- end -}}
{{- if and (eq (.Values.settings.ENABLE_URL_SIGNATURE | default "false" | toString) "true") (not (dig "URL_SIGNATURE_KEY" "" (.Values.secret.keys | default dict))) -}}
{{- fail "secret.keys.URL_SIGNATURE_KEY: expected the key of the Secret that has it, since settings.ENABLE_URL_SIGNATURE is true, got nothing" -}}
{{- end -}}
{{- end }}

{{/* The drain has to end before the pod is killed. */}}
{{- define "imagetx.checkDrain" -}}
{{- $drain := div (int (.Values.settings.DRAIN_MS | default "5000")) 1000 -}}
{{- if ge (int (add $drain 5)) (int .Values.terminationGracePeriodSeconds) -}}
{{- fail (printf "terminationGracePeriodSeconds: expected more than DRAIN_MS and 5 s of preStop together (%d s), got %d" (add $drain 5) (int .Values.terminationGracePeriodSeconds)) -}}
{{- end -}}
{{- end }}
