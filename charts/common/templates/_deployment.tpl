{{/*
A Deployment of one component. Takes
  root, component    whose
  service            the image
  values             scaling, resources, placement
  environment        further variables, as YAML
  streams            whether it reads or writes streams
  answerSeconds      the longest that an answer may take, if shutdownSeconds may be less
  data               the claim mounted at /data, if any; two pods cannot share it unless it says so
*/}}
{{- define "common.deployment" -}}
{{- $global := .root.Values.global -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  {{- if eq .values.scaling.by "none" }}
  replicas: {{ .values.scaling.min }}
  {{- end }}
  revisionHistoryLimit: 5
  progressDeadlineSeconds: 900
  strategy:
    {{- if .recreate }}
    type: Recreate
    {{- else }}
    type: RollingUpdate
    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
    {{- end }}
  selector:
    matchLabels: {{- include "common.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "common.podLabels" . | nindent 8 }}
        {{- with .values.podLabels }}{{ toYaml . | nindent 8 }}{{ end }}
      {{- with .values.podAnnotations }}
      annotations: {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "common.name" . }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      {{- with $global.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      securityContext: {{- include "common.podSecurity" 10001 | nindent 8 }}
      {{- /* Open requests first, then what works on streams: each has the service's shutdown time; five seconds to exit. */}}
      terminationGracePeriodSeconds: {{ add $global.preStopSeconds (ceil (mulf (ternary 2 1 (hasKey . "streams")) (include "common.shutdownSeconds" .))) 5 }}
      {{- include "common.placement" . | nindent 6 }}
      containers:
        - name: {{ .service }}
          image: {{ include "common.image" (dict "root" .root "service" .service "image" .root.Values.image) | quote }}
          imagePullPolicy: {{ $global.image.pullPolicy }}
          securityContext: {{- include "common.containerSecurity" . | nindent 12 }}
          ports:
            - {name: http, containerPort: {{ get (include "common.ports" .root | fromYaml) .component }}, protocol: TCP}
          env:
            {{- include "common.environment" . | nindent 12 }}
            {{- .environment | nindent 12 }}
          {{- include "common.probes" . | nindent 10 }}
          lifecycle:
            {{- /* Load balancers hear of the end of a pod later than the pod itself. */}}
            preStop:
              sleep: {seconds: {{ $global.preStopSeconds }}}
          resources: {{- toYaml .values.resources | nindent 12 }}
          volumeMounts:
            - {name: tmp, mountPath: /tmp}
            {{- if .data }}
            - {name: data, mountPath: /data}
            {{- end }}
            {{- if $global.trustedCertificates }}
            - {name: certificates, mountPath: /etc/pulso/certificates, readOnly: true}
            {{- end }}
      volumes:
        - name: tmp
          emptyDir: {sizeLimit: {{ .values.tmpSize | default "256Mi" }}}
        {{- with .data }}
        - name: data
          persistentVolumeClaim: {claimName: {{ . }}}
        {{- end }}
        {{- with $global.trustedCertificates }}
        - name: certificates
          configMap: {name: {{ . }}, items: [{key: ca.crt, path: ca.crt}]}
        {{- end }}
{{- end }}
