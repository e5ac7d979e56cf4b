#!/bin/bash
# EC2 user data: k3s on one instance or several (Amazon Linux 2023, Ubuntu, Debian; x86-64 or arm64; 2 cores, 4 GiB).
#
# The first instance is the server: fill in TOKEN alone. The others are agents: the same TOKEN, and SERVER the private
# address of the first. Ports: see ../README.md. Set the instances' metadata hop limit to 1, or every pod can read this
# file and its token. Then, on the server:
#   helm install longshore charts/longshore -f k8s/ec2/values.yaml --wait
set -euo pipefail

TOKEN='' # a long random string, the same everywhere: openssl rand -hex 32
SERVER=  # private address of the server; empty on the server itself
CHANNEL=stable

[[ -n $TOKEN ]] || { echo "TOKEN is empty: no instance could join, or any could" >&2; exit 1; }

install_k3s() {
  curl --fail --silent --show-error --location --retry 10 --retry-delay 3 --retry-all-errors https://get.k3s.io |
    INSTALL_K3S_CHANNEL=$CHANNEL K3S_TOKEN=$TOKEN "$@"
}

if [[ -n $SERVER ]]; then
  install_k3s env K3S_URL="https://$SERVER:6443" sh -s - agent
else
  # Secrets are encrypted on disk. Without Traefik: nothing but the API is to be reached from outside, and that by a
  # load balancer or the service's own port.
  install_k3s sh -s - server --secrets-encryption --disable traefik
  curl --fail --silent --show-error --location --retry 10 --retry-delay 3 --retry-all-errors \
    https://raw.githubusercontent.com/helm/helm/main/scripts/get-helm-3 | bash
  # Whoever logs in as root finds kubectl and helm pointed at the cluster.
  echo 'export KUBECONFIG=/etc/rancher/k3s/k3s.yaml' >/etc/profile.d/k3s.sh
fi
