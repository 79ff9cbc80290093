{{/* The app settings of a container, from the ConfigMap and the Secret. Call with the root. */}}
{{- define "function-app.envFrom" -}}
{{- $configMap := include "function-app.configMapName" . -}}
{{- $secret := include "function-app.secretName" . -}}
{{- if or $configMap $secret }}
envFrom:
  {{- with $configMap }}
  - configMapRef:
      name: {{ . }}
  {{- end }}
  {{- with $secret }}
  - secretRef:
      name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "function-app.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: {{ .Values.securityContext.readOnlyRootFilesystem }}
capabilities:
  drop: [ALL]
{{- end -}}

{{/*
The pod of one Deployment. Call with (dict "root" $ "component" … "functions" … "resources" … "gracePeriod" …).
*/}}
{{- define "function-app.pod" -}}
{{- $v := .root.Values -}}
{{- $fullname := include "function-app.fullname" .root -}}
metadata:
  # Without the chart's version: a new chart that changes no pod must restart none.
  labels:
    {{- include "function-app.selectorLabels" . | nindent 4 }}
    app.kubernetes.io/managed-by: {{ .root.Release.Service }}
    {{- with $v.commonLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- if $v.workloadIdentity.enabled }}
    azure.workload.identity/use: "true"
    {{- end }}
  annotations:
    {{- if $v.config }}
    checksum/config: {{ toJson $v.config | sha256sum }}
    {{- end }}
    {{- if $v.secret }}
    checksum/secret: {{ toJson $v.secret | sha256sum }}
    {{- end }}
    kubectl.kubernetes.io/default-container: functions
    {{- with $v.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "function-app.serviceAccountName" .root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .gracePeriod }}
  {{- with $v.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with $v.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $v.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: {{ int $v.securityContext.runAsUser }}
    runAsGroup: {{ int $v.securityContext.runAsUser }}
    fsGroup: {{ int $v.securityContext.runAsUser }}
    seccompProfile:
      type: RuntimeDefault
  {{- if $v.topologySpread.enabled }}
  topologySpreadConstraints:
    {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: {{ $v.topologySpread.whenUnsatisfiable }}
      labelSelector:
        matchLabels:
          {{- include "function-app.componentLabels" $ | nindent 10 }}
    {{- end }}
  {{- end }}
  {{- with $v.migrations.setting }}
  # Every pod asks; a lock in the database lets one of them do it. A migration must suit the version before it too.
  initContainers:
    - name: migrations
      image: {{ include "function-app.image" $.root | quote }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      command: [node, /home/site/wwwroot/migrate.cjs, {{ . }}]
      {{- include "function-app.envFrom" $.root | nindent 6 }}
      resources:
        requests:
          cpu: 50m
          memory: 64Mi
        limits:
          memory: 256Mi
      securityContext:
        {{- include "function-app.containerSecurity" $.root | nindent 8 }}
  {{- end }}
  containers:
    - name: functions
      image: {{ include "function-app.image" .root | quote }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      ports:
        - name: http
          containerPort: {{ int $v.service.containerPort }}
          protocol: TCP
      env:
        - name: ASPNETCORE_URLS
          value: "http://+:{{ int $v.service.containerPort }}"
        - name: FUNCTIONS_WORKER_RUNTIME
          value: node
        - name: HOME
          value: /tmp
        - name: AzureWebJobsDisableHomepage
          value: "true"
        # Both Deployments are one host for storage: the default id is the pod's name, and then every pod would
        # run its own timers.
        - name: AzureFunctionsWebHost__hostid
          value: {{ $fullname | trunc 32 | trimSuffix "-" | quote }}
        {{- if $v.hostKeys.enabled }}
        - name: AzureWebJobsSecretStorageType
          value: kubernetes
        {{- end }}
        {{- if $v.serviceMonitor.enabled }}
        - name: OTEL_METRICS_EXPORTER
          value: prometheus
        {{- end }}
        {{- range $index, $name := .functions }}
        - name: AzureFunctionsJobHost__functions__{{ $index }}
          value: {{ $name | quote }}
        {{- end }}
        {{- with $v.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- include "function-app.envFrom" .root | nindent 6 }}
      startupProbe:
        httpGet:
          path: {{ $v.probes.readinessPath }}
          port: http
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: {{ ceil (divf $v.probes.startupSeconds 5) }}
      readinessProbe:
        httpGet:
          path: {{ $v.probes.readinessPath }}
          port: http
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 3
      livenessProbe:
        httpGet:
          path: {{ $v.probes.livenessPath }}
          port: http
        periodSeconds: 20
        timeoutSeconds: 5
        failureThreshold: 3
      {{- if eq .component "http" }}
      # A pod leaves the load balancer a little after it was told to end.
      lifecycle:
        preStop:
          exec:
            command: ["sleep", "10"]
      {{- end }}
      resources:
        {{- toYaml .resources | nindent 8 }}
      securityContext:
        {{- include "function-app.containerSecurity" .root | nindent 8 }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        {{- if $v.hostKeys.enabled }}
        - name: host-keys
          mountPath: /run/secrets/functions-keys
          readOnly: true
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {}
    {{- if $v.hostKeys.enabled }}
    - name: host-keys
      secret:
        secretName: {{ include "function-app.hostKeysSecretName" .root }}
    {{- end }}
{{- end -}}
