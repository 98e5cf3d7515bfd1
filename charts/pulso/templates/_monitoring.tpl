{{/* Whether an object of the Prometheus operator is wanted. Takes {root, when}; empty means no. */}}
{{- define "pulso.monitored" -}}
{{- if or (eq .when "always") (and (eq .when "auto") (.root.Capabilities.APIVersions.Has "monitoring.coreos.com/v1")) }}yes{{ end }}
{{- end }}

{{/* Labels by which a Prometheus or a Grafana may select go after those of every object. */}}
{{- define "pulso.monitoringLabels" -}}
{{ mergeOverwrite (include "common.labels" (dict "root" . "component" "monitoring") | fromYaml) .Values.monitoring.labels | toYaml }}
{{- end }}
