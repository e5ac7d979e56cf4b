#!/usr/bin/env bash
# Makes a key for load tests of a release, and the Secret that run.yaml and workers.yaml take it from: key.sh NAMESPACE RELEASE
# It submits and operates; `longshore keys revoke loadtest` ends it. Run again, it makes a new one.
set -euo pipefail
namespace=$1 release=$2

# The API's container has the right to make keys, and core with it, but no command line.
key=$(kubectl exec --namespace "$namespace" "deployment/$release-api" -- python -c '
from longshore_ledger import Ledger
from longshore_ledger.keys import Role
from longshore.settings import load_settings

keys = Ledger.open(load_settings().ledger).keys
keys.revoke("loadtest", by="key.sh")
print(keys.create("loadtest", Role.OPERATOR, by="key.sh"))
')
# From a pipe: a command line is for everybody to read. Without a line feed at its end: a header takes none.
printf %s "$key" | kubectl create secret generic longshore-loadtest --namespace "$namespace" --from-file=key=/dev/stdin \
  --dry-run=client --output yaml | kubectl apply --namespace "$namespace" --filename - >&2
