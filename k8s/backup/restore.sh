#!/usr/bin/env bash
# Puts a copy made by backup.sh in the place of a release's ledger: restore.sh NAMESPACE RELEASE FILE
# The ledger is away meanwhile: submissions get 503, workers finish what they run and wait.
set -euo pipefail
namespace=$1 release=$2 file=$3
set_=$release-redis helper=$release-restore
run() { kubectl --namespace "$namespace" "$@"; }

image=$(run get statefulset "$set_" --output 'jsonpath={.spec.template.spec.containers[0].image}')
echo "stopping the ledger" >&2
run scale statefulset "$set_" --replicas 0 >&2
run wait pod "$set_-0" --for delete --timeout 120s >&2

# A pod in the ledger's place, on its volume: Redis reads a copy only while the append-only file is off, and
# writes a new one when it is turned on.
run apply --filename - >&2 <<POD
apiVersion: v1
kind: Pod
metadata: {name: $helper}
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  securityContext: {runAsNonRoot: true, runAsUser: 999, runAsGroup: 999, fsGroup: 999, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: redis
      image: $image
      imagePullPolicy: IfNotPresent
      command: [sleep, "3600"]
      securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
      volumeMounts: [{name: data, mountPath: /data}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data-$set_-0}}]
POD
trap 'run delete pod "$helper" --grace-period 1 --ignore-not-found >&2; run scale statefulset "$set_" --replicas 1 >&2' EXIT
run wait pod "$helper" --for condition=Ready --timeout 120s >&2
echo "writing the copy" >&2
run exec --stdin "$helper" -- sh -c 'rm -rf /data/appendonlydir /data/*.rdb && cat >/data/dump.rdb' <"$file"
run exec "$helper" -- sh -ec '
  redis-server --port 0 --unixsocket /data/restore.sock --dir /data --appendonly no --save "" --daemonize yes >/data/restore.log
  cli() { redis-cli -s /data/restore.sock "$@"; }
  until [ "$(cli ping 2>&1)" = PONG ]; do sleep 0.2; done
  cli config set appendonly yes
  until cli info persistence | grep -q "aof_rewrite_in_progress:0" && cli info persistence | grep -q "aof_rewrite_scheduled:0"; do sleep 0.2; done
  cli info persistence | grep -q "aof_last_bgrewrite_status:ok"
  cli shutdown nosave
  rm -f /data/dump.rdb /data/restore.log' >&2
run delete pod "$helper" --grace-period 1 >&2
echo "starting the ledger" >&2
run scale statefulset "$set_" --replicas 1 >&2
trap - EXIT
run rollout status statefulset "$set_" --timeout 180s >&2
echo "done: the ledger is as it was when the copy was made" >&2
