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
