"""As much of Kubernetes as the scheduler needs: an annotation on a pod of its own namespace."""

import re
import ssl
from pathlib import Path
from typing import Final

import httpx

from longshore.errors import LongshoreError

_API: Final = "https://kubernetes.default.svc"
_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_SECONDS: Final = 5.0
_is_pod_name: Final = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?").fullmatch
"""A worker calls itself what it likes: nothing else becomes part of an address."""


class KubernetesUnavailable(LongshoreError):
    """Kubernetes does not answer.

    Its API server cannot be asked: {reason}. Until it can, scaling down may remove busy workers before idle
    ones.
    """


class Pods:
    """The pods of this process's namespace, with the rights of its service account: `patch` on `pods/status`.

    Annotations may be set through the status, too, and nothing of what the pod runs may: see decision 21.
    """

    def __init__(self, api: str = _API, account: Path = _ACCOUNT) -> None:
        self._api = api
        self._account = account
        self._opened: httpx.Client | None = None

    def annotate(self, name: str, annotation: str, value: str) -> bool:
        """Set an annotation; False where there is no such pod. Raises KubernetesUnavailable."""
        if not _is_pod_name(name):
            return False
        try:
            answer = self._client().patch(
                f"/api/v1/namespaces/{self._read('namespace')}/pods/{name}/status",
                params={"fieldManager": "longshore-scheduler"},
                json={"metadata": {"annotations": {annotation: value}}},
                headers={
                    "Content-Type": "application/merge-patch+json",
                    "Authorization": f"Bearer {self._read('token')}",  # read anew: it changes every hour
                },
            )
        except (OSError, httpx.HTTPError) as error:
            raise KubernetesUnavailable(reason=str(error) or type(error).__name__) from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            return False
        if not answer.is_success:
            raise KubernetesUnavailable(reason=f"{answer.status_code} {_message(answer)}")
        return True

    def close(self) -> None:
        """Close the connection."""
        if self._opened is not None:
            self._opened.close()

    def _client(self) -> httpx.Client:
        if self._opened is None:
            trusted = ssl.create_default_context(cafile=str(self._account / "ca.crt"))
            self._opened = httpx.Client(base_url=self._api, verify=trusted, timeout=_SECONDS, trust_env=False)
        return self._opened

    def _read(self, name: str) -> str:
        return (self._account / name).read_text(encoding="utf-8").strip()


def _message(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, LookupError, TypeError):
        return answer.reason_phrase
