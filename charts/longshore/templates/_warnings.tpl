{{/* What an operator should know to be off, one a line. Context: the root. */}}
{{- define "longshore.warnings" -}}
{{- $values := .Values -}}
{{- if not $values.auth.enabled }}
- auth.enabled: whoever reaches the API may do everything.
{{- end -}}
{{- if and $values.api.ingress.enabled (not $values.api.ingress.tlsSecret) }}
- api.ingress.tlsSecret is empty: keys, sessions and all work travel in clear over HTTP.
{{- end -}}
{{- if ne $values.api.service.type "ClusterIP" }}
- api.service.type {{ $values.api.service.type }} opens the API in clear over HTTP: put something that speaks TLS before it.
{{- end -}}
{{- if and (not $values.redis.enabled) (not $values.redis.external.users) }}
- redis.external.users: all parts are one user of the ledger, so whoever has a worker can make API keys.
{{- end -}}
{{- if and (not $values.redis.enabled) (hasPrefix "redis://" $values.redis.external.url) }}
- redis.external.url begins with redis://: password and all work travel in clear; rediss:// is TLS.
{{- end -}}
{{- if and (not $values.rabbitmq.enabled) (hasPrefix "amqp://" $values.rabbitmq.external.url) }}
- rabbitmq.external.url begins with amqp://: password and all work travel in clear; amqps:// is TLS.
{{- end -}}
{{- if not $values.networkPolicy.enabled }}
- networkPolicy.enabled: every pod of the cluster reaches broker and ledger, and needs a password only.
{{- end -}}
{{- if $values.redis.enabled -}}
{{- if not $values.redis.persistence.enabled }}
- redis.persistence.enabled: when the Redis pod goes, so does all work.
{{- end -}}
{{- if eq $values.redis.appendfsync "everysec" }}
- redis.appendfsync is everysec: a lost node loses up to a second of what was acknowledged.
{{- end -}}
{{- $limit := include "longshore.memoryLimit" $values.redis -}}
{{- if not $limit }}
- redis.resources.limits.memory is not set.
{{- else if gt (mul 4 (int64 (include "longshore.bytes" $values.redis.maxmemory))) (mul 3 (int64 $limit)) }}
- redis.maxmemory leaves less than a quarter of the pod's memory free; Redis needs it to rewrite its log.
{{- end -}}
{{- end -}}
{{- if $values.rabbitmq.enabled -}}
{{- if not $values.rabbitmq.persistence.enabled }}
- rabbitmq.persistence.enabled: when its pod goes, copies of waiting tasks are published again. Nothing is lost.
{{- end -}}
{{- if eq (int $values.rabbitmq.replicas) 1 }}
- rabbitmq.replicas is 1: while its pod is away, work waits in the ledger.
{{- end -}}
{{- end -}}
{{- if eq (int $values.api.replicas) 1 }}
- api.replicas is 1: while its pod is away, nobody can submit.
{{- end -}}
{{- if eq (int $values.scheduler.replicas) 1 }}
- scheduler.replicas is 1: while its pod is away, accepted work waits.
{{- end -}}
{{- if not $values.scheduler.deletionCost }}
- scheduler.deletionCost: scale-in may take busy workers while others idle.
{{- end -}}
{{- if not $values.podDisruptionBudgets.enabled }}
- podDisruptionBudgets.enabled: a drain of nodes may take all pods of a part at once.
{{- end -}}
{{- if not $values.workers }}
- workers is empty: tasks are accepted if their catalogue is known, and nobody runs them.
{{- end -}}
{{- range $name, $given := $values.workers -}}
{{- $pool := include "longshore.pool" (dict "root" $ "pool" $given) | fromYaml -}}
{{- $scaling := $pool.autoscaling -}}
{{- if and (eq $scaling.kind "none") (not (kindIs "invalid" $pool.replicas)) (eq (int $pool.replicas) 0) }}
- workers.{{ $name }}.replicas is 0: nobody serves its queues.
{{- end -}}
{{- if and (eq $scaling.kind "keda") (not $pool.queues) (gt (len $values.workers) 1) }}
- workers.{{ $name }}.queues is empty: KEDA sizes the pool by the backlog of all queues, not its own only.
{{- end -}}
{{- end -}}
{{- if not $values.monitoring.prometheusRule.enabled }}
- monitoring.prometheusRule.enabled: nobody is told when work waits or fails.
{{- end -}}
{{- end -}}
