{{/*
What the schema cannot see: values that do not go together. All complaints at once, each with the key to change.
Each of these templates writes one complaint a line.
*/}}
{{- define "longshore.validate" -}}
{{- $said := list -}}
{{- range list "settings" "workers" "scaling" "loadtest" "broker" "ledger" "doors" "links" -}}
{{- $said = concat $said (splitList "\n" (include (printf "longshore.validate.%s" .) $ | trim)) -}}
{{- end -}}
{{- with compact $said -}}
{{- fail (printf "\n\n- %s\n" (join "\n- " .)) -}}
{{- end -}}
{{- end -}}

{{/* Settings that the chart makes itself, and by which of its keys. */}}
{{- define "longshore.validate.settings" -}}
{{- $places := dict "settings" .Values.settings "api.settings" .Values.api.settings -}}
{{- $_ := set $places "scheduler.settings" .Values.scheduler.settings -}}
{{- $_ := set $places "workerDefaults.settings" .Values.workerDefaults.settings -}}
{{- range $name, $pool := include "longshore.pools" . | fromYaml -}}
{{- $_ := set $places (printf "workers.%s.settings" $name) ($pool | default dict).settings -}}
{{- end -}}
{{- $instead := dict
  "ledger" "redis.external" "broker" "rabbitmq.external" "auth" "auth.enabled" "admin_key" "auth.existingSecret"
  "tasks" "workers.<pool>.tasks" "drain_seconds" "workers.<pool>.drainSeconds"
  "deletion_cost" "scheduler.deletionCost" "flower_url" "links.flower"
  "rabbitmq_ui_url" "links.rabbitmq" "grafana_url" "links.grafana" "port" "api.service.port" "host" "" "metrics_port" ""
-}}
{{- range $place, $settings := $places -}}
{{- range $key, $_ := $settings -}}
{{- if hasKey $instead $key }}
{{ $place }}.{{ $key }}: the chart sets it itself{{ with get $instead $key }}; use {{ . }}{{ end }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Pools: names and tasks. */}}
{{- define "longshore.validate.workers" -}}
{{- range $name, $given := include "longshore.pools" . | fromYaml -}}
{{- $pool := include "longshore.pool" (dict "root" $ "pool" $given) | fromYaml -}}
{{- if not (regexMatch "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" $name) }}
workers.{{ $name }}: a pool's name is made of a-z, 0-9 and -, and begins and ends with a letter or digit
{{- else if gt (len (include "longshore.catalogueName" (dict "root" $ "pool" $name))) 63 }}
workers.{{ $name }}: the name is too long: {{ include "longshore.catalogueName" (dict "root" $ "pool" $name) }} has more than 63 characters
{{- end -}}
{{- if and $pool.tasks.files (not $pool.tasks.configMap) }}
workers.{{ $name }}.tasks.configMap: tasks.files names files, but not the ConfigMap that has them
{{- end -}}
{{- if and $pool.tasks.configMap (not $pool.tasks.files) }}
workers.{{ $name }}.tasks.files: name the keys of ConfigMap {{ $pool.tasks.configMap }} that hold tasks
{{- end -}}
{{- range $pool.tasks.files -}}
{{- if not (hasSuffix ".py" .) }}
workers.{{ $name }}.tasks.files: {{ . }} does not end in .py
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Who says how many pods there are. */}}
{{- define "longshore.validate.scaling" -}}
{{- range $name, $given := include "longshore.pools" . | fromYaml -}}
{{- $pool := include "longshore.pool" (dict "root" $ "pool" $given) | fromYaml -}}
{{- $scaling := $pool.autoscaling -}}
{{- $own := ($given | default dict).replicas -}}
{{- if and (ne $scaling.kind "none") (not (kindIs "invalid" $own)) }}
workers.{{ $name }}.replicas: {{ $own }} is of no use with autoscaling.kind {{ $scaling.kind }}; take it away, or set autoscaling.min
{{- end -}}
{{- if and (eq (int $scaling.min) 0) (ne $scaling.kind "keda") (hasKey (($given | default dict).autoscaling | default dict) "min") }}
workers.{{ $name }}.autoscaling.min: 0 needs autoscaling.kind keda
{{- else if and (eq (int $scaling.min) 0) (eq $scaling.kind "hpa") }}
workerDefaults.autoscaling.min: 0 needs autoscaling.kind keda, but pool {{ $name }} has hpa
{{- end -}}
{{- if and (ne $scaling.kind "none") (gt (int $scaling.min) (int $scaling.max)) }}
workers.{{ $name }}.autoscaling.max: {{ $scaling.max }} is below autoscaling.min, {{ $scaling.min }}
{{- end -}}
{{- if and (eq $scaling.kind "hpa") (not ((($pool.resources | default dict).requests | default dict).cpu)) }}
workers.{{ $name }}.resources.requests.cpu: hpa compares the use of the processor with it
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Names would do for tasks, but not for NetworkPolicies. */}}
{{- define "longshore.validate.loadtest" -}}
{{- if not (regexMatch "^(|[0-9]+([.][0-9]+){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$" .Values.loadtest.address) }}
loadtest.address: {{ .Values.loadtest.address }} is no IP address
{{- end -}}
{{- end -}}

{{- define "longshore.validate.broker" -}}
{{- with .Values.rabbitmq -}}
{{- if and (not .enabled) (not .external.url) (not .external.existingSecret) }}
rabbitmq.external.url: rabbitmq.enabled is false; say where RabbitMQ is, here or by rabbitmq.external.existingSecret
{{- end -}}
{{- if and .external.url .external.existingSecret }}
rabbitmq.external: url and existingSecret are both set; take one away
{{- end -}}
{{- if and .enabled (or .external.url .external.existingSecret) }}
rabbitmq.enabled: it must be false for rabbitmq.external to be used
{{- end -}}
{{- $there := lookup "apps/v1" "StatefulSet" $.Release.Namespace (printf "%s-rabbitmq" (include "longshore.fullname" $)) -}}
{{- if and .enabled $there (gt (int ($there.spec | default dict).replicas) (int .replicas)) }}
rabbitmq.replicas: {{ $there.spec.replicas }} nodes do not shrink to {{ .replicas }}: what is left has no majority and waits for the others. Delete the StatefulSet and its volumes first; what they hold is published again from the ledger
{{- end -}}
{{- if and .external.url (not (regexMatch "^(amqps?|redis)://" .external.url)) }}
rabbitmq.external.url: it begins with amqp:// or amqps://
{{- end -}}
{{- if and (not .tls.secret) (ne .tls.serviceType "ClusterIP") }}
rabbitmq.tls.secret: rabbitmq.tls.serviceType opens the TLS port to others, which needs a certificate
{{- end -}}
{{- if and .tls.nodePort (eq .tls.serviceType "ClusterIP") }}
rabbitmq.tls.nodePort: it needs rabbitmq.tls.serviceType NodePort or LoadBalancer
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "longshore.validate.ledger" -}}
{{- with .Values.redis -}}
{{- $limit := include "longshore.memoryLimit" . -}}
{{- $most := include "longshore.bytes" .maxmemory -}}
{{- if and (not .enabled) (not .external.url) (not .external.existingSecret) }}
redis.external.url: redis.enabled is false; say where Redis is, here or by redis.external.existingSecret
{{- end -}}
{{- if and .external.url .external.existingSecret }}
redis.external: url and existingSecret are both set; take one away
{{- end -}}
{{- if and .enabled (or .external.url .external.existingSecret) }}
redis.enabled: it must be false for redis.external to be used
{{- end -}}
{{- if and .external.users (not .external.existingSecret) }}
redis.external.users: name the Secret with the users' URLs in redis.external.existingSecret
{{- end -}}
{{- if and .external.url (not (regexMatch "^rediss?://" .external.url)) }}
redis.external.url: it begins with redis:// or rediss://
{{- end -}}
{{- if not $most }}
redis.maxmemory: {{ .maxmemory }} is no size like 768mb
{{- else if eq (int64 $most) 0 }}
redis.maxmemory: without a limit of its own Redis is killed at that of its pod
{{- else if and $limit (gt (int64 $most) (int64 $limit)) }}
redis.maxmemory: {{ .maxmemory }} is above the pod's limit, redis.resources.limits.memory: {{ .resources.limits.memory }}
{{- end -}}
{{- if and (not .tls.secret) (ne .tls.serviceType "ClusterIP") }}
redis.tls.secret: redis.tls.serviceType opens the TLS port to others, which needs a certificate
{{- end -}}
{{- if and .tls.nodePort (eq .tls.serviceType "ClusterIP") }}
redis.tls.nodePort: it needs redis.tls.serviceType NodePort or LoadBalancer
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Ways in from outside. */}}
{{- define "longshore.validate.doors" -}}
{{- with .Values.api -}}
{{- if and .httpRoute.enabled (not .httpRoute.parentRefs) }}
api.httpRoute.parentRefs: name the gateway
{{- end -}}
{{- if and .ingress.enabled (not .ingress.host) }}
api.ingress.host: name the host
{{- end -}}
{{- if and .service.nodePort (eq .service.type "ClusterIP") }}
api.service.nodePort: it needs api.service.type NodePort or LoadBalancer
{{- end -}}
{{- end -}}
{{- with .Values.networkPolicy -}}
{{- if and .enabled .remoteWorkers (not $.Values.rabbitmq.tls.secret) (not $.Values.redis.tls.secret) }}
networkPolicy.remoteWorkers: remote workers come by TLS; set rabbitmq.tls.secret and redis.tls.secret
{{- end -}}
{{- end -}}
{{- if and .Values.auth.existingSecret (not .Values.auth.enabled) }}
auth.existingSecret: it is of no use while auth.enabled is false
{{- end -}}
{{- end -}}

{{/* Links: the API would not start with what is no address. */}}
{{- define "longshore.validate.links" -}}
{{- range $name, $address := .Values.links -}}
{{- if not (regexMatch "^(https?://\\S+)?$" $address) }}
links.{{ $name }}: it has to begin with http:// or https://
{{- end -}}
{{- end -}}
{{- end -}}
