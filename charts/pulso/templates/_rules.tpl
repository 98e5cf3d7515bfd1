{{/* What types cannot say. Each message names the values to change. */}}
{{- define "pulso.rules" -}}
{{- $global := .Values.global -}}
{{- $external := $global.secrets.external -}}
{{- if and $global.secrets.existing $external.store -}}
{{- fail "global.secrets: name either an existing Secret or an external store, not both" -}}
{{- end -}}
{{- if and $external.store (not $external.path) -}}
{{- fail "global.secrets.external.path: name the entry of the store" -}}
{{- end -}}
{{- if eq $global.environment "production" -}}
{{- if not (or $global.secrets.existing $external.store) -}}
{{- fail "global.secrets.existing: production needs a Secret with admin-key, internal-token and customer-key (or global.secrets.external.store)" -}}
{{- end -}}
{{- if include "common.ownValkey" . -}}
{{- fail "global.redis.secret: production needs a Secret with redis-url; the Valkey of this chart is for development" -}}
{{- end -}}
{{- if include "common.ownPostgresql" . -}}
{{- fail "global.database.secret: production needs a Secret with the database URLs; the PostgreSQL of this chart is for development" -}}
{{- end -}}
{{- end -}}
{{- end }}
