{{/*
Virtual host, users and rights, as RabbitMQ loads them. `$(…)` are filled in by Kubernetes, from Secrets. What
`longshore` may do is what `longshore doctor` proposes. `flower` has the same for looking only: it listens to events and
asks workers, which obey no command of Celery's that changes something; it can neither send a task nor take or delete one.
*/}}
{{- define "longshore.definitions" -}}
{{- $ours := dict "name" "longshore" "password" "$(RABBITMQ_PASSWORD)" "tags" "" -}}
{{- $admin := dict "name" "admin" "password" "$(RABBITMQ_ADMIN_PASSWORD)" "tags" "administrator" -}}
{{- $flower := dict "name" "flower" "password" "$(RABBITMQ_FLOWER_PASSWORD)" "tags" "" -}}
{{- $any := "^(?!amq\\.).*$" -}}
{{- $write := "^(amq\\.default|(.*\\.)?(celeryev|celery\\.pidbox)(\\..*)?)$" -}}
{{- $looking := "^(.*\\.)?(celeryev|celery\\.pidbox)(\\..*)?$" -}}
{{- $rights := list
  (dict "user" "longshore" "vhost" "longshore" "configure" $any "write" $write "read" $any)
  (dict "user" "admin" "vhost" "longshore" "configure" ".*" "write" ".*" "read" ".*")
  (dict "user" "flower" "vhost" "longshore" "configure" $looking "write" $looking "read" $looking)
-}}
{{- $users := list $ours $admin $flower -}}
{{- dict "vhosts" (list (dict "name" "longshore")) "users" $users "permissions" $rights | toJson -}}
{{- end -}}

{{/* Where a node is found by the others. Context: the root. */}}
{{- define "longshore.nodesDomain" -}}
{{- printf "%s-rabbitmq-nodes.%s.svc.%s" (include "longshore.fullname" .) .Release.Namespace .Values.clusterDomain -}}
{{- end -}}
