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
    - {type: Percent, value: 100, periodSeconds: 15}
    - {type: Pods, value: 4, periodSeconds: 15}
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
          name: pulso_work_seconds
          selector:
            matchLabels: {stream: {{ .backlog.stream }}, group: {{ .backlog.group }}}
        target: {type: AverageValue, averageValue: {{ include "common.workTarget" .values.scaling | quote }}}
    {{- else }}
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: {{ .values.scaling.cpuUtilization }}}
    {{- end }}
  behavior: {{- include "common.scalingBehaviour" . | nindent 4 }}
{{- end }}

{{/*
Seconds of one replica's work: what waits in the stream and what arrives in the next targetSeconds, by what a replica can do. Of
the arrivals alone an autoscaler would never work off a backlog, and of the backlog alone it would have to let one grow before it
adds a replica and remove replicas as soon as they keep up.

What a replica can do is the `capacity` that replicas tell in units of `work`, times `items` per such unit; it is the figure of the
values where they tell none, and before there is anything to measure. The gauge of the backlog is the stream's,
hence `max`; without it there is no answer, which is an error to KEDA, and not an empty stream. Takes {root, values, backlog}.
*/}}
{{- define "common.workSeconds" -}}
{{- $ours := printf "namespace=%q" .root.Release.Namespace -}}
{{- $pods := printf "%s,pod=~%q" $ours (printf "%s-.+" (include "common.name" .)) -}}
{{- $waiting := printf "max(pulso_streams_backlog_messages{%s,stream=%q,group=%q})" $ours .backlog.stream .backlog.group -}}
{{- $arriving := printf "(sum(rate(pulso_streams_published_messages_total{%s,stream=%q}[2m])) or vector(0))" $ours .backlog.stream -}}
{{- $done := toString .values.scaling.itemsPerSecond -}}
{{- with .backlog.capacity }}
  {{- $measured := printf "avg(%s{%s}) * sum(rate(%s{%s}[10m])) / sum(rate(%s{%s}[10m]))" . $pods $.backlog.items $ours $.backlog.work $pods }}
  {{- $done = printf "(%s > 0 or vector(%s))" $measured $done }}
{{- end -}}
({{ $waiting }} + {{ .values.scaling.targetSeconds }} * {{ $arriving }}) / {{ $done }}
{{- end }}

{{/* Of that, what each replica is given: less than all of its time, so that it keeps up while the next one starts. */}}
{{- define "common.workTarget" -}}
{{- divf (mulf .targetSeconds .utilization) 100 -}}
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
  {{- /* Without the metric: as many as there are, or as would do in a usual hour if that is more. */}}
  fallback: {failureThreshold: 3, replicas: {{ .values.scaling.fallback }}, behavior: currentReplicasIfHigher}
  advanced:
    horizontalPodAutoscalerConfig:
      behavior: {{- include "common.scalingBehaviour" . | nindent 8 }}
  triggers:
    - type: prometheus
      metricType: AverageValue
      metadata:
        serverAddress: {{ .root.Values.global.prometheusUrl | quote }}
        query: {{ include "common.workSeconds" . | quote }}
        threshold: {{ include "common.workTarget" .values.scaling | quote }}
        ignoreNullValues: "false"
{{- end }}
