{{/* CELERY_BROKER_URL: on our own broker that of a user who may look and neither send nor take tasks. Context: the root. */}}
{{- define "longshore.flowerBrokerEnv" -}}
{{- if .Values.rabbitmq.enabled -}}
- name: RABBITMQ_FLOWER_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ include "longshore.fullname" . }}-secrets, key: rabbitmq-flower-password}
- name: CELERY_BROKER_URL
  value: amqp://flower:$(RABBITMQ_FLOWER_PASSWORD)@{{ include "longshore.brokerAddress" . }}/longshore
{{- else -}}
{{ include "longshore.brokerEnv" . }}
- name: CELERY_BROKER_URL
  value: $(LONGSHORE_BROKER)
{{- end -}}
{{- end -}}
