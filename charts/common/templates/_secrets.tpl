{{/* The Secret that this release makes: by itself for development, or through the External Secrets operator. */}}
{{- define "common.ownSecret" -}}
{{ include "common.prefix" . }}-secrets
{{- end }}

{{/* Whether the stores in this chart are used, that is, no managed one is named. Empty means no. */}}
{{- define "common.ownValkey" -}}
{{- if not (or .Values.global.redis.secret .Values.global.secrets.external.store) }}yes{{ end }}
{{- end }}
{{- define "common.ownPostgresql" -}}
{{- if not (or .Values.global.database.secret .Values.global.secrets.external.store) }}yes{{ end }}
{{- end }}

{{/* The Secret with `admin-key`, `internal-token` and `customer-key`. */}}
{{- define "common.keysSecret" -}}
{{ .Values.global.secrets.existing | default (include "common.ownSecret" .) }}
{{- end }}

{{/* A variable out of a Secret. Takes {name, secret, key}. */}}
{{- define "common.secretVariable" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end }}

{{- define "common.redisVariable" -}}
{{- $redis := .Values.global.redis -}}
{{ include "common.secretVariable" (dict "name" "PULSO_REDIS_URL" "secret" ($redis.secret | default (include "common.ownSecret" .)) "key" "redis-url") }}
{{- end }}

{{/* Takes {root, service}: each service has a database, so a URL, of its own. */}}
{{- define "common.databaseVariable" -}}
{{- $secret := .root.Values.global.database.secret | default (include "common.ownSecret" .root) -}}
{{ include "common.secretVariable" (dict "name" "PULSO_DATABASE_URL" "secret" $secret "key" (printf "%s-database-url" .service)) }}
{{- end }}
