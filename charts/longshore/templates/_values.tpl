{{/* Values read: a pool with its defaults, sizes as bytes, numbers as text. */}}

{{/* A setting as text: 1000000, not 1e+06. */}}
{{- define "longshore.text" -}}
{{- if and (kindIs "float64" .) (eq . (floor .)) -}}
{{- int64 . -}}
{{- else -}}
{{- toString . -}}
{{- end -}}
{{- end -}}

{{/* Sets every key of `from` in `into`, maps by their own keys. Unlike sprig's own, it keeps false, 0 and null. */}}
{{- define "longshore.merge" -}}
{{- $into := .into -}}
{{- range $key, $value := .from -}}
{{- if and (kindIs "map" $value) (kindIs "map" (get $into $key)) -}}
{{- include "longshore.merge" (dict "into" (get $into $key) "from" $value) -}}
{{- else -}}
{{- $_ := set $into $key $value -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A pool with all its keys, as YAML. Context: root, pool: what values say of it. */}}
{{- define "longshore.pool" -}}
{{- $pool := deepCopy .root.Values.workerDefaults -}}
{{- include "longshore.merge" (dict "into" $pool "from" (.pool | default dict)) -}}
{{- toYaml $pool -}}
{{- end -}}

{{/* All pools by name, as YAML: those of the values, and that of the load tests. Context: the root. */}}
{{- define "longshore.pools" -}}
{{- $pools := dict -}}
{{- with .Values.loadtest -}}
{{- if .enabled -}}
{{- $marks := printf "http://%s-loadtest:5600" (include "longshore.fullname" $) -}}
{{- $env := list (dict "name" "LONGSHORE_LOADTEST_MARKS" "value" $marks) -}}
{{- if .faketime -}}
{{- $env = append $env (dict "name" "LD_PRELOAD" "value" "/usr/local/lib/libfaketime.so.1") -}}
{{- $env = append $env (dict "name" "FAKETIME_TIMESTAMP_FILE" "value" "/tmp/faketime") -}}
{{- $env = append $env (dict "name" "FAKETIME_NO_CACHE" "value" "1") -}}
{{- $env = append $env (dict "name" "FAKETIME_DONT_FAKE_MONOTONIC" "value" "1") -}}
{{- end -}}
{{- $tasks := dict "modules" (list "longshore_loadtest.marks.tasks") -}}
{{- $pool := dict "image" .image "replicas" .replicas "concurrency" .concurrency "tasks" $tasks "env" $env -}}
{{- $_ := set $pools "loadtest" (merge (dict "queues" (list "loadtest")) $pool) -}}
{{- end -}}
{{- end -}}
{{- include "longshore.merge" (dict "into" $pools "from" .Values.workers) -}}
{{- toYaml $pools -}}
{{- end -}}

{{/* Bytes of a size, as Kubernetes (1Gi, 500M) or Redis (768mb) writes it; nothing if it is none. */}}
{{- define "longshore.bytes" -}}
{{- $text := include "longshore.text" . | lower -}}
{{- $number := regexFind "^[0-9]+([.][0-9]+)?" $text -}}
{{- $units := dict "b" 1 "k" 1000 "kb" 1024 "ki" 1024 "m" 1000000 "mb" 1048576 "mi" 1048576 -}}
{{- $units = merge $units (dict "g" 1000000000 "gb" 1073741824 "gi" 1073741824 "ti" 1099511627776) -}}
{{- $factor := get $units (trimPrefix $number $text | default "b") -}}
{{- if and $number $factor -}}
{{- mulf (float64 $number) (float64 $factor) | int64 -}}
{{- end -}}
{{- end -}}

{{/* The memory limit of a part in bytes; nothing without one. Context: the part's values. */}}
{{- define "longshore.memoryLimit" -}}
{{- $limits := (.resources | default dict).limits | default dict -}}
{{- with $limits.memory -}}
{{- include "longshore.bytes" . -}}
{{- end -}}
{{- end -}}
