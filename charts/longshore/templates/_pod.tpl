{{/* What all pods have: security, places, images. */}}

{{/* An image. Context: root, image, ours: whether `image.registry` and `image.tag` are about it. */}}
{{- define "longshore.image" -}}
{{- $name := .image.repository -}}
{{- if and .ours .root.Values.image.registry -}}
{{- $name = printf "%s/%s" (trimSuffix "/" .root.Values.image.registry) $name -}}
{{- end -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $name .image.digest -}}
{{- else if .ours -}}
{{- printf "%s:%s" $name (.image.tag | default .root.Values.image.tag | default .root.Chart.AppVersion) -}}
{{- else -}}
{{- printf "%s:%s" $name .image.tag -}}
{{- end -}}
{{- end -}}

{{/* image and imagePullPolicy of a container. Context: as `longshore.image`. */}}
{{- define "longshore.containerImage" -}}
image: {{ include "longshore.image" . }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
{{- end -}}

{{/* A container's security: nothing may be gained, nothing be written but what is mounted for it. */}}
{{- define "longshore.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{/*
The beginning of a pod's spec. Context: root, component, account: the service account's suffix, uid,
part: values with nodeSelector, tolerations, affinity and priorityClassName; pool for workers;
token: whether the pod may speak to the API server.
*/}}
{{- define "longshore.podSpec" -}}
serviceAccountName: {{ include "longshore.fullname" .root }}-{{ .account }}
automountServiceAccountToken: {{ .token | default false }}
# Or Kubernetes would set variables like LONGSHORE_API_PORT, which look like settings.
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .uid }}
  runAsGroup: {{ .uid }}
  fsGroup: {{ .uid }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .part.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .part.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .part.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .part.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .spread }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "longshore.selector" . | nindent 8 }}
{{- end }}
{{- end -}}

{{/* A pod's labels. Context: as `longshore.selector`, and part: values with podLabels. */}}
{{- define "longshore.podLabels" -}}
{{- include "longshore.selector" . }}
app.kubernetes.io/part-of: longshore
{{- with .part.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* A service account; what runs as it gets a token only if its pod asks for one. Context: as `longshore.metadata`. */}}
{{- define "longshore.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "longshore.metadata" . | nindent 2 }}
automountServiceAccountToken: false
{{- end -}}

{{/* A PodDisruptionBudget that never stops a drain for good. Context: as `longshore.metadata`, and unavailable. */}}
{{- define "longshore.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "longshore.metadata" . | nindent 2 }}
spec:
  maxUnavailable: {{ .unavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "longshore.selector" . | nindent 6 }}
{{- end -}}

{{/* The volume that a stateful pod keeps as `data`. Context: who: as `longshore.selector`, persistence. */}}
{{- define "longshore.claim" -}}
- metadata:
    name: data
    labels:
      {{- include "longshore.selector" .who | nindent 6 }}
  spec:
    accessModes: [ReadWriteOnce]
    {{- with .persistence.storageClass }}
    storageClassName: {{ . }}
    {{- end }}
    resources:
      requests: {storage: {{ .persistence.size }}}
{{- end -}}
