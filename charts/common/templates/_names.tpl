{{/* The first part of every name: the release. */}}
{{- define "common.prefix" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* The name of a component's objects. Takes {root, component}. */}}
{{- define "common.name" -}}
{{ include "common.prefix" .root }}-{{ .component }}
{{- end }}

{{/* What never changes about a component's pods. Takes {root, component}. */}}
{{- define "common.selector" -}}
app.kubernetes.io/name: pulso
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Labels of pods; nothing that an upgrade of the chart alone would change, because that would replace every pod. */}}
{{- define "common.podLabels" -}}
{{ include "common.selector" . }}
{{- with .service }}
service: {{ . }}
{{- end }}
{{- end }}

{{/* Labels of every object. Takes {root, component}; `service` is the folder under services/ that a component runs. */}}
{{- define "common.labels" -}}
{{ include "common.podLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: pulso
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* The image of a service. Takes {root, service, image}; what the service itself names goes before what all have. */}}
{{- define "common.image" -}}
{{- $all := .root.Values.global.image -}}
{{- $own := .image | default dict -}}
{{ with $all.registry }}{{ . }}/{{ end }}pulso-{{ .service }}:{{ $own.tag | default $all.tag | default .root.Chart.AppVersion }}
{{- with $own.digest }}@{{ . }}{{ end }}
{{- end }}
