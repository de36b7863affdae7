{{- define "imagetx.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
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

{{/* The drain has to end before the pod is killed. */}}
{{- define "imagetx.checkDrain" -}}
{{- $drain := div (int (.Values.settings.DRAIN_MS | default "5000")) 1000 -}}
{{- if ge (int (add $drain 5)) (int .Values.terminationGracePeriodSeconds) -}}
{{- fail (printf "terminationGracePeriodSeconds: expected more than DRAIN_MS and 5 s of preStop together (%d s), got %d" (add $drain 5) (int .Values.terminationGracePeriodSeconds)) -}}
{{- end -}}
{{- end }}
