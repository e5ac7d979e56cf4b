{{/* Passwords: made once, found again at each upgrade, and the URLs that are made of them. */}}

{{/*
Sets `longshoreSecrets` in the root: key -> plain text of everything in the kept Secret. What the cluster has
stays as it is, also what is not needed at the moment; what is missing is made. Once a rendering: all that
asks in one rendering gets the same.
*/}}
{{- define "longshore.makeSecrets" -}}
{{- if not (hasKey . "longshoreSecrets") -}}
{{- $found := dict -}}
{{- $kept := lookup "v1" "Secret" .Release.Namespace (printf "%s-secrets" (include "longshore.fullname" .)) -}}
{{- range $key, $value := ($kept | default dict).data -}}
{{- $_ := set $found $key (b64dec $value) -}}
{{- end -}}
{{- $wanted := dict -}}
{{- if and .Values.auth.enabled (not .Values.auth.existingSecret) -}}
{{- $_ := set $wanted "admin-key" (printf "lsk_%s" (randAlphaNum 43)) -}}
{{- end -}}
{{- if .Values.rabbitmq.enabled -}}
{{- $_ := set $wanted "rabbitmq-user" "longshore" -}}
{{- $_ := set $wanted "rabbitmq-flower-password" (randAlphaNum 32) -}}
{{- if not .Values.rabbitmq.existingSecret -}}
{{- range list "rabbitmq-password" "rabbitmq-admin-password" "erlang-cookie" -}}
{{- $_ := set $wanted . (randAlphaNum 32) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if .Values.redis.enabled -}}
{{- range $part := include "longshore.ledgerParts" . | fromJsonArray -}}
{{- $_ := set $wanted (printf "redis-%s-password" $part) (randAlphaNum 32) -}}
{{- end -}}
{{- if not .Values.redis.existingSecret -}}
{{- $_ := set $wanted "redis-password" (randAlphaNum 32) -}}
{{- end -}}
{{- end -}}
{{- if .Values.flower.enabled -}}
{{- $_ := set $wanted "flower-password" (randAlphaNum 32) -}}
{{- end -}}
{{- range $key, $value := $wanted -}}
{{- if not (hasKey $found $key) -}}
{{- $_ := set $found $key $value -}}
{{- end -}}
{{- end -}}
{{- $_ := set . "longshoreSecrets" $found -}}
{{- end -}}
{{- end -}}

{{/* Which Secret has the passwords of a part. Context: root, existing: the values' existingSecret. */}}
{{- define "longshore.secretOf" -}}
{{- .existing | default (printf "%s-secrets" (include "longshore.fullname" .root)) -}}
{{- end -}}

{{/* host:port of our own broker and ledger. Context: the root. */}}
{{- define "longshore.brokerAddress" -}}
{{- printf "%s-rabbitmq:5672" (include "longshore.fullname" .) -}}
{{- end -}}
{{- define "longshore.ledgerAddress" -}}
{{- printf "%s-redis:6379" (include "longshore.fullname" .) -}}
{{- end -}}

{{/* URL of the broker as far as the chart knows it; nothing where somebody's Secret has it or a part of it. Context: the root. */}}
{{- define "longshore.brokerUrl" -}}
{{- include "longshore.makeSecrets" . -}}
{{- if not .Values.rabbitmq.enabled -}}
{{- .Values.rabbitmq.external.url -}}
{{- else if not .Values.rabbitmq.existingSecret -}}
{{- $password := get .longshoreSecrets "rabbitmq-password" -}}
{{- printf "amqp://longshore:%s@%s/longshore" $password (include "longshore.brokerAddress" .) -}}
{{- end -}}
{{- end -}}

{{/* The parts that have a user of their own on the ledger's server: `longshore-<part>`. */}}
{{- define "longshore.ledgerParts" -}}
{{- list "api" "scheduler" "worker" "doctor" | toJson -}}
{{- end -}}

{{/* Under which key a Secret has a part's URL of the ledger. Context: root, part. */}}
{{- define "longshore.ledgerUrlKey" -}}
{{- $redis := .root.Values.redis -}}
{{- if or $redis.enabled $redis.external.users -}}
{{- printf "ledger-url-%s" .part -}}
{{- else -}}
ledger-url
{{- end -}}
{{- end -}}

{{/* A part's URL of the ledger as far as the chart knows it, as `longshore.brokerUrl`. Context: root, part. */}}
{{- define "longshore.ledgerUrl" -}}
{{- include "longshore.makeSecrets" .root -}}
{{- if not .root.Values.redis.enabled -}}
{{- .root.Values.redis.external.url -}}
{{- else -}}
{{- $password := get .root.longshoreSecrets (printf "redis-%s-password" .part) -}}
{{- printf "redis://longshore-%s:%s@%s/0" .part $password (include "longshore.ledgerAddress" .root) -}}
{{- end -}}
{{- end -}}

{{/*
Users of our own Redis as lines of its configuration: rights from files/ledger-users.yaml, which is generated, and
digests of passwords, not these themselves. Context: the root.
*/}}
{{- define "longshore.ledgerUsers" -}}
{{- include "longshore.makeSecrets" . -}}
{{- $rights := .Files.Get "files/ledger-users.yaml" | fromYaml -}}
{{- range $part := include "longshore.ledgerParts" . | fromJsonArray -}}
{{- $user := printf "longshore-%s" $part -}}
{{- $digest := get $.longshoreSecrets (printf "redis-%s-password" $part) | sha256sum -}}
{{- printf "user %s on #%s %s\n" $user $digest (get $rights $user | join " ") -}}
{{- end -}}
{{- end -}}

{{/*
What changes when a password does, or a URL: rolls the pods that were given it. Context: root, keys of the
kept Secret, part: whose URLs of broker and ledger are of interest, too.
*/}}
{{- define "longshore.secretsChecksum" -}}
{{- include "longshore.makeSecrets" .root -}}
{{- $all := .root.longshoreSecrets -}}
{{- $seen := list -}}
{{- if .part -}}
{{- $seen = list (include "longshore.brokerUrl" .root) (include "longshore.ledgerUrl" .) -}}
{{- end -}}
{{- range .keys -}}
{{- $seen = append $seen (get $all .) -}}
{{- end -}}
{{- toJson $seen | sha256sum -}}
{{- end -}}
