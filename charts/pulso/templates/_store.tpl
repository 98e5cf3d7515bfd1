{{/* A store for development: one pod with a volume. Takes {root, component, values, container, folder, volumes}. */}}
{{- define "pulso.store" -}}
{{ include "common.serviceAccount" . }}
---
{{ include "common.service" (merge (dict "portName" .component) .) }}
---
{{ include "common.disruptionBudget" . }}
{{- if .root.Values.global.networkPolicy.enabled }}
---
{{ include "common.networkPolicy" . }}
{{- end }}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  serviceName: {{ include "common.name" . }}
  replicas: 1
  persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain, whenScaled: Retain}
  selector:
    matchLabels: {{- include "common.selector" . | nindent 6 }}
  template:
    metadata:
      labels: {{- include "common.podLabels" . | nindent 8 }}
    spec:
      serviceAccountName: {{ include "common.name" . }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      {{- /* 999 is the user of both images. */}}
      securityContext: {{- include "common.podSecurity" 999 | nindent 8 }}
      terminationGracePeriodSeconds: 60
      {{- with .root.Values.global.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      containers:
        - name: {{ .component }}
          image: {{ .values.image | quote }}
          imagePullPolicy: IfNotPresent
          securityContext: {{- include "common.containerSecurity" . | nindent 12 }}
          ports:
            - {name: {{ .component }}, containerPort: {{ get (include "common.ports" .root | fromYaml) .component }}, protocol: TCP}
          {{- .container | nindent 10 }}
          resources: {{- toYaml .values.resources | nindent 12 }}
          volumeMounts:
            - {name: data, mountPath: {{ .folder }}}
            - {name: tmp, mountPath: /tmp}
            {{- .mounts | nindent 12 }}
      volumes:
        - name: tmp
          emptyDir: {sizeLimit: 256Mi}
        {{- .volumes | nindent 8 }}
  volumeClaimTemplates:
    - metadata:
        name: data
        labels: {{- include "common.selector" . | nindent 10 }}
      spec:
        accessModes: [ReadWriteOnce]
        {{- with .values.storageClass }}
        storageClassName: {{ . }}
        {{- end }}
        resources: {requests: {storage: {{ .values.size }}}}
{{- end }}
