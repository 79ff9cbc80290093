{{/*
Contradictions that a JSON schema cannot see. Each is an error before anything is rendered: a chart that renders
half of what was meant is worse than one that refuses.
*/}}
{{- define "function-app.validate" -}}
{{- $v := .Values -}}
{{- $_ := required "image.repository is required" $v.image.repository -}}
{{- if eq $v.image.tag "latest" -}}
{{- fail "image.tag must not be latest: a rollback could not name what ran before" -}}
{{- end -}}
{{- if not (or $v.functions.http $v.functions.worker) -}}
{{- fail "functions.http and functions.worker are both empty: nothing to run" -}}
{{- end -}}
{{- range $v.functions.http -}}
{{- if has . $v.functions.worker -}}
{{- fail (printf "function %s is in functions.http and in functions.worker" .) -}}
{{- end -}}
{{- end -}}
{{- range $v.functions.timers -}}
{{- if not (has . $v.functions.worker) -}}
{{- fail (printf "function %s is in functions.timers but not in functions.worker" .) -}}
{{- end -}}
{{- end -}}
{{- if and $v.autoscaling.enabled $v.keda.http.enabled -}}
{{- fail "autoscaling.enabled and keda.http.enabled both scale the HTTP Deployment: choose one" -}}
{{- end -}}
{{- if and $v.autoscaling.enabled (gt (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) -}}
{{- fail "autoscaling.minReplicas is greater than autoscaling.maxReplicas" -}}
{{- end -}}
{{- if gt (int $v.keda.worker.minReplicaCount) (int $v.keda.worker.maxReplicaCount) -}}
{{- fail "keda.worker.minReplicaCount is greater than keda.worker.maxReplicaCount" -}}
{{- end -}}
{{- if and $v.route.enabled (not (and $v.route.host (get $v.route.gateway "name"))) -}}
{{- fail "route.enabled needs route.host and route.gateway.name" -}}
{{- end -}}
{{- if and $v.route.enabled (not $v.functions.http) -}}
{{- fail "route.enabled needs functions.http" -}}
{{- end -}}
{{- $sources := list -}}
{{- if $v.secret -}}{{- $sources = append $sources "secret" -}}{{- end -}}
{{- if $v.existingSecret -}}{{- $sources = append $sources "existingSecret" -}}{{- end -}}
{{- if $v.externalSecret.enabled -}}{{- $sources = append $sources "externalSecret" -}}{{- end -}}
{{- if gt (len $sources) 1 -}}
{{- fail (printf "secret app settings come from one place, not from %s" (join " and " $sources)) -}}
{{- end -}}
{{- if and $v.existingSecret $v.envFrom.secret (ne $v.existingSecret $v.envFrom.secret) -}}
{{- fail "existingSecret and envFrom.secret name different Secrets" -}}
{{- end -}}
{{- if and $v.externalSecret.enabled (not $v.externalSecret.data) -}}
{{- fail "externalSecret.enabled needs externalSecret.data" -}}
{{- end -}}
{{- range $name, $_ := $v.config -}}
{{- if or (hasKey $v.secret $name) (and $v.externalSecret.enabled (hasKey $v.externalSecret.data $name)) -}}
{{- fail (printf "app setting %s is in config and among the secrets" $name) -}}
{{- end -}}
{{- end -}}
{{- with $v.migrations.setting -}}
{{- $known := or $v.existingSecret $v.envFrom.secret (hasKey $v.config .) (hasKey $v.secret .) (hasKey $v.externalSecret.data .) -}}
{{- if not $known -}}
{{- fail (printf "migrations.setting %s is not among the app settings" .) -}}
{{- end -}}
{{- end -}}
{{- if and $v.workloadIdentity.enabled (not $v.workloadIdentity.clientId) -}}
{{- fail "workloadIdentity.enabled needs workloadIdentity.clientId" -}}
{{- end -}}
{{- if and $v.workloadIdentity.enabled (not $v.serviceAccount.create) (not $v.serviceAccount.name) -}}
{{- fail "workloadIdentity.enabled needs a ServiceAccount: serviceAccount.create or serviceAccount.name" -}}
{{- end -}}
{{- if $v.keda.worker.enabled -}}
{{- if not (include "function-app.hasWorker" .) -}}
{{- fail "keda.worker.enabled needs worker.enabled and functions.worker" -}}
{{- end -}}
{{- if not (or $v.keda.serviceBus.subscriptions $v.keda.serviceBus.queues $v.keda.mssql.enabled $v.keda.cron) -}}
{{- fail "keda.worker.enabled needs a trigger: serviceBus, mssql or cron" -}}
{{- end -}}
{{- if and $v.functions.timers (lt (int $v.keda.worker.minReplicaCount) 1) -}}
{{- fail (printf "keda.worker.minReplicaCount 0 would stop the timer %s" (first $v.functions.timers)) -}}
{{- end -}}
{{- if and (or $v.keda.serviceBus.subscriptions $v.keda.serviceBus.queues) (not $v.keda.serviceBus.namespace) -}}
{{- fail "keda.serviceBus.namespace is required with subscriptions or queues" -}}
{{- end -}}
{{- if and (eq $v.keda.authentication.provider "secret") (not $v.keda.authentication.secretName) -}}
{{- fail "keda.authentication.provider secret needs keda.authentication.secretName" -}}
{{- end -}}
{{- if and $v.keda.mssql.enabled (eq $v.keda.authentication.provider "azure-workload") (not (and $v.keda.mssql.host $v.keda.mssql.database $v.keda.mssql.username)) -}}
{{- fail "keda.mssql.enabled needs host, database and username" -}}
{{- end -}}
{{- end -}}
{{- if and $v.hostKeys.remoteKey (not $v.hostKeys.enabled) -}}
{{- fail "hostKeys.remoteKey is set but hostKeys.enabled is false" -}}
{{- end -}}
{{- end -}}
