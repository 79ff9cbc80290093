{{/* Name of the app's objects. */}}
{{- define "function-app.fullname" -}}
{{- coalesce .Values.fullnameOverride .Values.releaseName .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{/*
Labels of an object. Call with (dict "root" $ "component" "http"|"worker"|"").
*/}}
{{- define "function-app.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .root.Values.image.tag | default .root.Chart.AppVersion | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- if .component }}
{{ include "function-app.selectorLabels" . }}
{{- else }}
app.kubernetes.io/name: {{ include "function-app.fullname" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}
{{- end -}}

{{/*
Labels that select the pods of one Deployment. The name differs per Deployment: Flagger selects by it alone and
puts `-primary` behind it.
*/}}
{{- define "function-app.selectorLabels" -}}
app.kubernetes.io/name: {{ include "function-app.fullname" .root }}-{{ .component }}
{{ include "function-app.componentLabels" . }}
{{- end -}}

{{/* Labels that a Deployment's pods and its Flagger primary's pods have in common. */}}
{{- define "function-app.componentLabels" -}}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "function-app.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default (include "function-app.fullname" .) }}
{{- else -}}
{{ .Values.serviceAccount.name | default "default" }}
{{- end -}}
{{- end -}}

{{- define "function-app.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* Name of the ConfigMap with app settings, empty when there is none. */}}
{{- define "function-app.configMapName" -}}
{{- if or .Values.config .Values.envFrom.configMap -}}
{{ .Values.envFrom.configMap | default (include "function-app.fullname" .) }}
{{- end -}}
{{- end -}}

{{/* Name of the Secret with app settings, empty when there is none. */}}
{{- define "function-app.secretName" -}}
{{- if .Values.existingSecret -}}
{{ .Values.existingSecret }}
{{- else if or .Values.secret .Values.envFrom.secret .Values.externalSecret.enabled -}}
{{ .Values.envFrom.secret | default (include "function-app.fullname" .) }}
{{- end -}}
{{- end -}}

{{- define "function-app.hostKeysSecretName" -}}
{{ .Values.hostKeys.secretName | default (printf "%s-host-keys" (include "function-app.fullname" .)) }}
{{- end -}}

{{- define "function-app.triggerAuthenticationName" -}}
{{ include "function-app.fullname" . }}-scaler
{{- end -}}

{{/* "true" when the app has a worker Deployment. */}}
{{- define "function-app.hasWorker" -}}
{{- if and .Values.worker.enabled .Values.functions.worker -}}true{{- end -}}
{{- end -}}
