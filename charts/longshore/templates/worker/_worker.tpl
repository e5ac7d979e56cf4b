{{/* What a pool's pods and the Job that publishes its catalogue have in common. */}}

{{/* Environment. Context: root, pool: all its values. */}}
{{- define "longshore.workerEnv" -}}
{{- include "longshore.placeEnv" .root }}
{{- $tasks := .pool.tasks.modules -}}
{{- range .pool.tasks.files -}}
{{- $tasks = append $tasks (printf "/tasks/%s" .) -}}
{{- end -}}
{{- with $tasks }}
- name: LONGSHORE_TASKS
  value: {{ join "," . | quote }}
{{- end }}
- name: LONGSHORE_DRAIN_SECONDS
  value: {{ include "longshore.text" .pool.drainSeconds | quote }}
{{ include "longshore.ledgerEnv" (dict "root" .root "part" "worker") }}
{{ include "longshore.brokerEnv" .root }}
{{- include "longshore.settingsEnv" (dict "root" .root "settings" .pool.settings) }}
{{- with .pool.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Everything else of the container but its name, command, ports and probes. Context: the same. */}}
{{- define "longshore.workerContainer" -}}
{{ include "longshore.containerImage" (dict "root" .root "image" .pool.image "ours" true) }}
env:
  {{- include "longshore.workerEnv" . | nindent 2 }}
{{- with .pool.envFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
resources:
  {{- toYaml .pool.resources | nindent 2 }}
{{ include "longshore.containerSecurity" .root }}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
  {{- if .pool.tasks.configMap }}
  - {name: tasks, mountPath: /tasks, readOnly: true}
  {{- end }}
  {{- with .pool.volumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* Volumes of the pod. Context: the same. */}}
{{- define "longshore.workerVolumes" -}}
- name: tmp
  emptyDir: {sizeLimit: {{ .pool.tmpSize }}}
{{- with .pool.tasks.configMap }}
- name: tasks
  configMap: {name: {{ . }}}
{{- end }}
{{- with .pool.volumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* What changes when the tasks of a ConfigMap do, as far as the cluster can be asked. Context: the same. */}}
{{- define "longshore.tasksChecksum" -}}
{{- with .pool.tasks.configMap -}}
{{- (lookup "v1" "ConfigMap" $.root.Release.Namespace . | default dict).data | toJson | sha256sum -}}
{{- end -}}
{{- end -}}
