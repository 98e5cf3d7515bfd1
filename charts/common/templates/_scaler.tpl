{{/* How a component scales: `cpu` and `adapter` are HorizontalPodAutoscalers, `keda` is a ScaledObject. */}}
{{- define "common.scaler" -}}
{{- if gt (int .values.scaling.min) (int .values.scaling.max) }}
{{- fail (printf "%s: scaling.min is more than scaling.max" .component) }}
{{- end }}
{{- if eq .values.scaling.by "keda" -}}
{{ include "common.scaledObject" . }}
{{- else -}}
{{ include "common.podAutoscaler" . }}
{{- end }}
{{- end }}

{{/* Up at once, by doubling; down slowly, so that a gap between two imports does not stop what the next one needs. */}}
{{- define "common.scalingBehaviour" -}}
scaleUp:
  stabilizationWindowSeconds: 0
  policies:
    - {type: Percent, value: 100, periodSeconds: 30}
    - {type: Pods, value: 2, periodSeconds: 30}
  selectPolicy: Max
scaleDown:
  stabilizationWindowSeconds: 300
  policies:
    - {type: Percent, value: 25, periodSeconds: 60}
{{- end }}

{{- define "common.podAutoscaler" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ include "common.name" . }}}
  minReplicas: {{ .values.scaling.min }}
  maxReplicas: {{ .values.scaling.max }}
  metrics:
    {{- if eq .values.scaling.by "adapter" }}
    - type: External
      external:
        metric:
          name: pulso_backlog_seconds
          selector:
            matchLabels: {stream: {{ .backlog.stream }}, group: {{ .backlog.group }}}
        target: {type: AverageValue, averageValue: {{ .values.scaling.targetSeconds | quote }}}
    {{- else }}
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: {{ .values.scaling.cpuUtilization }}}
    {{- end }}
  behavior: {{- include "common.scalingBehaviour" . | nindent 4 }}
{{- end }}

{{/*
Seconds of work that wait: messages not done yet, by what one replica does in a second of work. That rate is measured; before there
is anything to measure, it is the figure of the values. The gauge is the stream's, so `max`. Takes {root, values, backlog}.
*/}}
{{- define "common.backlogSeconds" -}}
{{- $namespace := .root.Release.Namespace -}}
{{- $items := printf "sum(rate(%s{namespace=%q}[10m]))" .backlog.items $namespace -}}
{{- $busy := printf "sum(rate(%s{namespace=%q,pod=~%q}[10m]))" .backlog.busy $namespace (printf "%s-.+" (include "common.name" .)) -}}
max(pulso_streams_backlog_messages{namespace={{ $namespace | quote }},stream={{ .backlog.stream | quote }},group={{ .backlog.group | quote }}}) / ({{ $items }} / {{ $busy }} > 0 or vector({{ .values.scaling.itemsPerSecond }}))
{{- end }}

{{- define "common.scaledObject" -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  scaleTargetRef: {name: {{ include "common.name" . }}}
  minReplicaCount: {{ .values.scaling.min }}
  maxReplicaCount: {{ .values.scaling.max }}
  pollingInterval: 15
  {{- /* Without the metric: as many as would do in a usual hour, not none and not all. */}}
  fallback: {failureThreshold: 3, replicas: {{ .values.scaling.fallback }}}
  advanced:
    horizontalPodAutoscalerConfig:
      behavior: {{- include "common.scalingBehaviour" . | nindent 8 }}
  triggers:
    - type: prometheus
      metricType: AverageValue
      metadata:
        serverAddress: {{ .root.Values.global.prometheusUrl | quote }}
        query: {{ include "common.backlogSeconds" . | quote }}
        threshold: {{ .values.scaling.targetSeconds | quote }}
        {{- /* A metric that is missing is an error, and leads to the fallback; it is not an empty stream. */}}
        ignoreNullValues: "false"
{{- end }}
