{{/* Environment of our own containers. */}}

{{/* LONGSHORE_LEDGER: the URL of this part's own user there. Context: root, part: api, scheduler, worker or doctor. */}}
{{- define "longshore.ledgerEnv" -}}
{{- $redis := .root.Values.redis -}}
{{- $theirs := and (not $redis.enabled) $redis.external.existingSecret -}}
- name: LONGSHORE_LEDGER
  valueFrom:
    secretKeyRef:
      name: {{ $theirs | default (printf "%s-urls" (include "longshore.fullname" .root)) }}
      key: {{ include "longshore.ledgerUrlKey" . }}
{{- end -}}

{{/* LONGSHORE_BROKER. Context: the root. */}}
{{- define "longshore.brokerEnv" -}}
{{- $rabbitmq := .Values.rabbitmq -}}
{{- if and $rabbitmq.enabled $rabbitmq.existingSecret -}}
- name: RABBITMQ_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ $rabbitmq.existingSecret }}, key: rabbitmq-password}
- name: LONGSHORE_BROKER
  value: amqp://longshore:$(RABBITMQ_PASSWORD)@{{ include "longshore.brokerAddress" . }}/longshore
{{- else -}}
{{- $theirs := and (not $rabbitmq.enabled) $rabbitmq.external.existingSecret -}}
- name: LONGSHORE_BROKER
  valueFrom:
    secretKeyRef: {name: {{ $theirs | default (printf "%s-urls" (include "longshore.fullname" .)) }}, key: broker-url}
{{- end -}}
{{- end -}}

{{/* Settings as LONGSHORE_* variables. Context: root, settings: those of the part, which win. */}}
{{- define "longshore.settingsEnv" -}}
{{- $settings := deepCopy .root.Values.settings -}}
{{- include "longshore.merge" (dict "into" $settings "from" .settings) -}}
{{- range $name, $value := $settings }}
{{- if not (kindIs "invalid" $value) }}
- name: LONGSHORE_{{ upper $name }}
  value: {{ include "longshore.text" $value | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What our own parts all have: a home that can be written, and where they listen. */}}
{{- define "longshore.placeEnv" -}}
- name: HOME
  value: /tmp
- name: LONGSHORE_HOST
  value: 0.0.0.0
- name: LONGSHORE_METRICS_PORT
  value: "9090"
{{- end -}}

{{/* LONGSHORE_ADMIN_KEY or LONGSHORE_KEY, where keys are asked for. Context: root, variable. */}}
{{- define "longshore.keyEnv" -}}
{{- if .root.Values.auth.enabled -}}
- name: {{ .variable }}
  valueFrom:
    secretKeyRef:
      name: {{ include "longshore.secretOf" (dict "root" .root "existing" .root.Values.auth.existingSecret) }}
      key: admin-key
{{- end -}}
{{- end -}}

{{/* LONGSHORE_*_URL: where the page's links lead. Context: the root. */}}
{{- define "longshore.linksEnv" -}}
{{- with .Values.links.flower }}
- name: LONGSHORE_FLOWER_URL
  value: {{ . | quote }}
{{- end }}
{{- with .Values.links.rabbitmq }}
- name: LONGSHORE_RABBITMQ_UI_URL
  value: {{ . | quote }}
{{- end }}
{{- with .Values.links.grafana }}
- name: LONGSHORE_GRAFANA_URL
  value: {{ . | quote }}
{{- end }}
{{- end -}}
