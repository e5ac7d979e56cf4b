#!/usr/bin/env bash
# Copies a release's ledger into a file, while it works: backup.sh NAMESPACE RELEASE FILE
# What is accepted after this began is not in the copy; docs/guarantees.md says what a restore loses.
set -euo pipefail
namespace=$1 release=$2 file=$3
pod=$release-redis-0

echo "copying the ledger of $release in $namespace to $file" >&2
kubectl exec --namespace "$namespace" "$pod" --container redis -- \
  sh -c 'trap "rm -f /data/copy.rdb" EXIT; redis-cli --rdb /data/copy.rdb >&2 && cat /data/copy.rdb' >"$file.part"
[[ $(head -c 5 "$file.part") == REDIS ]] || { echo "what came is no copy: see $file.part" >&2; exit 1; }
mv "$file.part" "$file"
echo "done: $(wc -c <"$file") bytes. Keep it somewhere else." >&2
