{{/*
Who opens which port of whom: docs/architecture.md has the table, tests compare it with what is rendered.
Pods of ours are peers by their component; all others are strangers.
*/}}

{{/* The beginning of a component's NetworkPolicy. Context: root, component. */}}
{{- define "longshore.networkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "longshore.metadata" (dict "root" .root "component" .component "name" .component) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "longshore.selector" . | nindent 6 }}
{{- end -}}

{{/* Peers. Context: root, components. */}}
{{- define "longshore.peers" -}}
{{- range .components -}}
- podSelector:
    matchLabels:
      {{- include "longshore.selector" (dict "root" $.root "component" .) | nindent 6 }}
{{ end -}}
{{- end -}}

{{/* A rule that lets components in, or out to them. Context: root, way (`from` or `to`), components, ports. */}}
{{- define "longshore.rule" -}}
- {{ .way }}:
    {{- include "longshore.peers" . | trim | nindent 4 }}
  ports:
    {{- range .ports }}
    - {port: {{ . }}}
    {{- end }}
{{- end -}}

{{/* A rule that lets all pods of a namespace in. Context: namespace, port. */}}
{{- define "longshore.fromNamespace" -}}
- from:
    - namespaceSelector:
        matchLabels: {kubernetes.io/metadata.name: {{ .namespace }}}
  ports:
    - {port: {{ .port }}}
{{- end -}}

{{/* A rule to blocks of addresses, to everything without any. Context: blocks, ports. */}}
{{- define "longshore.toBlocks" -}}
- ports:
    {{- range .ports }}
    - {port: {{ . }}}
    {{- end }}
  {{- with .blocks }}
  to:
    {{- range . }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
  {{- end }}
{{- end -}}

{{/* Names are asked of the cluster's DNS, or of the node's cache of it. */}}
{{- define "longshore.toDns" -}}
- to:
    - namespaceSelector:
        matchLabels: {kubernetes.io/metadata.name: kube-system}
      podSelector:
        matchLabels: {k8s-app: kube-dns}
    - ipBlock: {cidr: 169.254.20.10/32}
  ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
{{- end -}}

{{/* The port of a URL in a list, or all that may be meant. Context: url, ports: what is usual. */}}
{{- define "longshore.portsOf" -}}
{{- $host := "" -}}
{{- with .url -}}
{{- $host = (urlParse .).host -}}
{{- end -}}
{{- with regexFind ":[0-9]+$" $host -}}
{{- trimPrefix ":" . -}}
{{- else -}}
{{- join " " .ports -}}
{{- end -}}
{{- end -}}

{{/* Rules to the ledger and to the broker, ours or somebody's. Context: the root. */}}
{{- define "longshore.toLedger" -}}
{{- if .Values.redis.enabled -}}
{{- include "longshore.rule" (dict "root" . "way" "to" "components" (list "redis") "ports" (list 6379)) -}}
{{- else -}}
{{- $ports := include "longshore.portsOf" (dict "url" .Values.redis.external.url "ports" (list "6379" "6380")) -}}
{{- include "longshore.toBlocks" (dict "blocks" .Values.networkPolicy.externalServices "ports" (splitList " " $ports)) -}}
{{- end -}}
{{- end -}}
{{- define "longshore.toBroker" -}}
{{- if .Values.rabbitmq.enabled -}}
{{- include "longshore.rule" (dict "root" . "way" "to" "components" (list "rabbitmq") "ports" (list 5672)) -}}
{{- else -}}
{{- $ports := include "longshore.portsOf" (dict "url" .Values.rabbitmq.external.url "ports" (list "5671" "5672")) -}}
{{- include "longshore.toBlocks" (dict "blocks" .Values.networkPolicy.externalServices "ports" (splitList " " $ports)) -}}
{{- end -}}
{{- end -}}

{{/* "yes" if a pool is scaled by KEDA. Context: the root. */}}
{{- define "longshore.usesKeda" -}}
{{- range $name, $given := include "longshore.pools" . | fromYaml -}}
{{- if eq (include "longshore.pool" (dict "root" $ "pool" $given) | fromYaml).autoscaling.kind "keda" -}}yes{{- end -}}
{{- end -}}
{{- end -}}
