{{/* What chooses the pod of a load test that runs, k8s/loadtest/run.yaml: it is no part of the release. */}}
{{- define "longshore.loadtestPods" -}}
app.kubernetes.io/name: longshore-loadtest
app.kubernetes.io/component: loadtest
{{- end -}}
