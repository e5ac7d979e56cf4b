{{/* What objects are called, and their labels. */}}

{{/* The beginning of every name. Context: the root. */}}
{{- define "longshore.fullname" -}}
{{- $base := .Values.nameOverride | default .Release.Name -}}
{{- if or .Values.nameOverride (contains "longshore" $base) -}}
{{- $base | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-longshore" ($base | trunc 30 | trimSuffix "-") -}}
{{- end -}}
{{- end -}}

{{/* What chooses a component's pods. Context: root, component, pool (workers only). */}}
{{- define "longshore.selector" -}}
app.kubernetes.io/name: longshore
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- with .pool }}
longshore.dev/pool: {{ . }}
{{- end }}
{{- end -}}

{{/* All labels of an object. Context: as `longshore.selector`; component may be left out. */}}
{{- define "longshore.labels" -}}
{{- if .component -}}
{{ include "longshore.selector" . }}
{{- else -}}
app.kubernetes.io/name: longshore
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}
app.kubernetes.io/part-of: longshore
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Name, namespace and labels. Context: as `longshore.labels`, and name: what follows the beginning. */}}
{{- define "longshore.metadata" -}}
name: {{ include "longshore.fullname" .root }}-{{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "longshore.labels" . | nindent 2 }}
{{- end -}}

{{/* Where a pool's catalogue is published from: the name of its Job. Context: root, pool. */}}
{{- define "longshore.catalogueName" -}}
{{- printf "%s-catalogue-%s" (include "longshore.fullname" .root) .pool -}}
{{- end -}}
