{{/*
What a component may be reached by and may reach: the arrows, the scraper of metrics, name resolution, and what only it needs.
Takes {root, component}, and optionally `from` (peers that may call it; [] is everyone), `to` ([{to, ports}]) and `annotations`.
*/}}
{{- define "common.networkPolicy" -}}
{{- $arrows := include "common.arrows" .root | fromYaml -}}
{{- $ports := include "common.ports" .root | fromYaml -}}
{{- $port := get $ports .component -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  podSelector:
    matchLabels: {{- include "common.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  {{- if $port }}
  ingress:
    {{- range $caller, $called := $arrows }}
    {{- if has $.component $called }}
    - from:
        - podSelector:
            matchLabels: {{- include "common.selector" (dict "root" $.root "component" $caller) | nindent 14 }}
      ports: [{protocol: TCP, port: {{ $port }}}]
    {{- end }}
    {{- end }}
    {{- if hasKey . "from" }}
    - {{ with .from }}from: {{ toJson . }}
      {{ end }}ports: [{protocol: TCP, port: {{ $port }}}]
    {{- end }}
    {{- if .service }}
    - from: {{ toJson .root.Values.global.networkPolicy.metricsFrom }}
      ports: [{protocol: TCP, port: {{ $port }}}]
    {{- end }}
  {{- end }}
  {{- $called := get $arrows .component | default list }}
  {{- if $called }}
  egress:
    - ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
      to: {{ toJson .root.Values.global.networkPolicy.dns }}
    {{- range $called }}
    {{- if and (eq . "valkey") (not (include "common.ownValkey" $.root)) }}
    - {{ include "common.peers" $.root.Values.global.redis }}
    {{- else if and (eq . "postgresql") (not (include "common.ownPostgresql" $.root)) }}
    - {{ include "common.peers" $.root.Values.global.database }}
    {{- else }}
    - to:
        - podSelector:
            matchLabels: {{- include "common.selector" (dict "root" $.root "component" .) | nindent 14 }}
      ports: [{protocol: TCP, port: {{ get $ports . }}}]
    {{- end }}
    {{- end }}
    {{- with .to }}
    - {{ include "common.peers" . }}
    {{- end }}
    {{- if and .service .root.Values.global.tracing.endpoint }}
    - {{ include "common.peers" .root.Values.global.tracing }}
    {{- end }}
  {{- end }}
{{- end }}

{{/* A rule towards something outside. Takes {to, ports}. */}}
{{- define "common.peers" -}}
{"to": {{ toJson .to }}, "ports": [{{ range $index, $port := .ports }}{{ if $index }}, {{ end }}{"protocol": "TCP", "port": {{ int $port }}}{{ end }}]}
{{- end }}
