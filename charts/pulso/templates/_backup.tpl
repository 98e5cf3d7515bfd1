{{/* A container that runs one of files/backup. Takes {root, script, store}; `store` is whose programs and address it needs. */}}
{{- define "pulso.backup.container" -}}
{{- $streams := eq .store "valkey" -}}
- name: {{ .script }}
  image: {{ ternary .root.Values.valkey.image .root.Values.postgresql.image $streams | quote }}
  imagePullPolicy: IfNotPresent
  securityContext: {{- include "common.containerSecurity" . | nindent 4 }}
  command: [sh, /scripts/{{ .script }}.sh]
  env:
    {{- if $streams }}
    - name: VALKEY_HOST
      value: {{ include "common.name" (dict "root" .root "component" "valkey") }}
    - name: VALKEY_PORT
      value: {{ get (include "common.ports" .root | fromYaml) "valkey" | quote }}
    {{- include "common.secretVariable" (dict "name" "REDISCLI_AUTH" "secret" (include "common.ownSecret" .root) "key" "valkey-password") | nindent 4 }}
    {{- else }}
    {{- $secret := .root.Values.global.database.secret | default (include "common.ownSecret" .root) }}
    {{- range list "gateway" "trends" "insights" }}
    {{- include "common.secretVariable" (dict "name" (printf "DATABASE_URL_%s" .) "secret" $secret "key" (printf "%s-database-url" .)) | nindent 4 }}
    {{- end }}
    {{- include "common.secretVariable" (dict "name" "CUSTOMER_KEY" "secret" (include "common.keysSecret" .root) "key" "customer-key") | nindent 4 }}
    - name: KEEP
      value: {{ .root.Values.backup.keep | quote }}
    {{- if .root.Values.global.trustedCertificates }}
    - name: PGSSLROOTCERT
      value: /etc/pulso/certificates/ca.crt
    {{- end }}
    {{- end }}
    {{- if eq .component "restore" }}
    - name: BACKUP
      value: ""
    - name: PARTS
      value: uploads streams gateway trends insights
    {{- end }}
  resources: {{- toYaml .root.Values.backup.resources | nindent 4 }}
  volumeMounts:
    - {name: backup, mountPath: /backup}
    - {name: scripts, mountPath: /scripts, readOnly: true}
    - {name: tmp, mountPath: /tmp}
    {{- if not $streams }}
    - {name: uploads, mountPath: /uploads, readOnly: {{ eq .component "backup" }}}
    {{- if .root.Values.global.trustedCertificates }}
    - {name: certificates, mountPath: /etc/pulso/certificates, readOnly: true}
    {{- end }}
    {{- end }}
{{- end }}

{{/* The job and its network policy. Takes {root, component, backoff, containers}; containers run one after the other. */}}
{{- define "pulso.backup.job" -}}
{{- if .root.Values.global.networkPolicy.enabled }}
{{ include "common.networkPolicy" . }}
---
{{- end }}
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  {{- if eq .component "backup" }}
  schedule: {{ .root.Values.backup.schedule | quote }}
  {{- else }}
  {{- /* Started by hand only: kubectl create job --from. */}}
  schedule: "0 0 31 2 *"
  suspend: true
  {{- end }}
  timeZone: America/Lima
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 3600
  successfulJobsHistoryLimit: 1
  failedJobsHistoryLimit: 3
  jobTemplate:
    metadata:
      labels: {{- include "common.labels" . | nindent 8 }}
    spec:
      backoffLimit: {{ .backoff }}
      activeDeadlineSeconds: 21600
      template:
        metadata:
          labels: {{- include "common.podLabels" . | nindent 12 }}
        spec:
          restartPolicy: Never
          automountServiceAccountToken: false
          enableServiceLinks: false
          {{- with .root.Values.global.image.pullSecrets }}
          imagePullSecrets:
            {{- range . }}
            - name: {{ . }}
            {{- end }}
          {{- end }}
          {{- /* Uploads belong to this user. */}}
          securityContext: {{- include "common.podSecurity" 10001 | nindent 12 }}
          {{- with .root.Values.global.priorityClassName }}
          priorityClassName: {{ . }}
          {{- end }}
          {{- if eq .component "backup" }}
          affinity:
            podAffinity:
              {{- /* A volume that one node alone may mount is where ingest is. */}}
              preferredDuringSchedulingIgnoredDuringExecution:
                - weight: 100
                  podAffinityTerm:
                    topologyKey: kubernetes.io/hostname
                    labelSelector:
                      matchLabels: {{- include "common.selector" (dict "root" .root "component" "ingest") | nindent 24 }}
          {{- end }}
          initContainers:
            {{- range initial .containers }}
            {{- include "pulso.backup.container" (merge . (omit $ "containers")) | nindent 12 }}
            {{- end }}
          containers:
            {{- include "pulso.backup.container" (merge (last .containers) (omit . "containers")) | nindent 12 }}
          volumes:
            - name: tmp
              emptyDir: {sizeLimit: 16Mi}
            - name: backup
              persistentVolumeClaim: {claimName: {{ include "common.name" (dict "root" .root "component" "backup") }}}
            - name: uploads
              persistentVolumeClaim: {claimName: {{ include "common.name" (dict "root" .root "component" "ingest") }}}
            - name: scripts
              configMap: {name: {{ include "common.name" (dict "root" .root "component" "backup") }}}
            {{- with .root.Values.global.trustedCertificates }}
            - name: certificates
              configMap: {name: {{ . }}, items: [{key: ca.crt, path: ca.crt}]}
            {{- end }}
{{- end }}
