{{/*
Who calls whom: the only arrows that network policies let through. A component that is left out calls nobody. Egress of the
caller and ingress of the called are both made from this table, so they cannot differ.
*/}}
{{- define "common.arrows" -}}
gateway: [ingest, sentiment, trends, insights, valkey, postgresql]
ingest: [valkey]
sentiment: [valkey]
sentiment-worker: [valkey]
trends: [sentiment, valkey, postgresql]
trends-indexer: [valkey, postgresql]
insights: [trends, postgresql]
test: [gateway]
migrate: [postgresql]
{{- if (.Values.backup | default dict).enabled }}
{{- range list "backup" "restore" }}
{{ . }}: [{{ if include "common.ownValkey" $ }}valkey, {{ end }}postgresql]
{{- end }}
{{- end }}
{{- end }}

{{/* The port on which each component listens. */}}
{{- define "common.ports" -}}
gateway: 8080
ingest: 8081
sentiment: 8082
sentiment-worker: 8082
trends: 8083
trends-indexer: 8083
insights: 8084
valkey: 6379
postgresql: 5432
{{- end }}

{{/* Where a component answers HTTP. Takes {root, component}. */}}
{{- define "common.url" -}}
http://{{ include "common.name" . }}:{{ get (include "common.ports" .root | fromYaml) .component }}
{{- end }}
