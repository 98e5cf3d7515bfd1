{{/*
Variables of settings: `maxBodyBytes: 1024` becomes PULSO_MAX_BODY_BYTES. Takes a dict of settings. Whole numbers are written as
such, because YAML makes all numbers floats and Go would print 2147483648 as 2.147483648e+09.
*/}}
{{- define "common.settings" -}}
{{- range $name, $value := . }}
- name: PULSO_{{ snakecase $name | upper }}
  {{- if kindIs "slice" $value }}
  value: {{ join "," $value | quote }}
  {{- else if and (kindIs "float64" $value) (eq (floor $value) $value) }}
  value: {{ int64 $value | quote }}
  {{- else }}
  value: {{ $value | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{/*
How long open requests may take to finish, and again what works on streams: the service's own figure, or that of all services but no
less than its longest answer takes. It is a bound, not a wait: a pod with nothing open ends at once. Takes what common.deployment does.
*/}}
{{- define "common.shutdownSeconds" -}}
{{- .root.Values.settings.shutdownSeconds | default (maxf .root.Values.global.settings.shutdownSeconds (.answerSeconds | default 0)) -}}
{{- end }}

{{/* What every service is told. Takes {root, component}; a service's own settings go before those of all services. */}}
{{- define "common.environment" -}}
- name: PULSO_ENVIRONMENT
  value: {{ .root.Values.global.environment }}
- name: PULSO_HOST
  value: 0.0.0.0
- name: PULSO_PORT
  value: {{ get (include "common.ports" .root | fromYaml) .component | quote }}
{{ include "common.secretVariable" (dict "name" "PULSO_INTERNAL_TOKEN" "secret" (include "common.keysSecret" .root) "key" "internal-token") }}
{{- with .root.Values.global.tracing }}
{{- if .endpoint }}
- name: PULSO_OTLP_ENDPOINT
  value: {{ .endpoint | quote }}
- name: PULSO_TRACE_SHARE
  value: {{ .share | quote }}
{{- end }}
{{- end }}
{{- if .root.Values.global.trustedCertificates }}
{{- /* Read by Python's ssl and by PostgreSQL's clients, not by a service. */}}
- name: SSL_CERT_FILE
  value: /etc/pulso/certificates/ca.crt
- name: PGSSLROOTCERT
  value: /etc/pulso/certificates/ca.crt
{{- end }}
{{- $shared := .root.Values.global.settings }}
{{- if not .streams }}
{{- $shared = omit $shared "streamShards" }}
{{- end }}
{{- include "common.settings" (merge (dict "shutdownSeconds" (include "common.shutdownSeconds" . | float64)) .root.Values.settings $shared) }}
{{- end }}
