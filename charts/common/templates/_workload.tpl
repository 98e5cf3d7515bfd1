{{/* Everything that one component is made of; see common.deployment for what it takes. */}}
{{- define "common.workload" -}}
{{ include "common.serviceAccount" . }}
---
{{ include "common.deployment" . }}
---
{{ include "common.service" . }}
---
{{ include "common.disruptionBudget" . }}
{{- if ne .values.scaling.by "none" }}
---
{{ include "common.scaler" . }}
{{- end }}
{{- if .root.Values.global.networkPolicy.enabled }}
---
{{ include "common.networkPolicy" . }}
{{- end }}
{{- end }}

{{- define "common.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
automountServiceAccountToken: false
{{- end }}

{{/* `portName` is for what does not speak HTTP. */}}
{{- define "common.service" -}}
{{- $port := .portName | default "http" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  type: ClusterIP
  selector: {{- include "common.selector" . | nindent 4 }}
  ports:
    - {name: {{ $port }}, port: {{ get (include "common.ports" .root | fromYaml) .component }}, targetPort: {{ $port }}, protocol: TCP}
{{- end }}

{{/* One pod at a time may be evicted. `maxUnavailable`, because `minAvailable: 1` of a single pod would block a node's drain. */}}
{{- define "common.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "common.selector" . | nindent 6 }}
{{- end }}
