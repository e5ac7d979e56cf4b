"""Which published copies the broker still owes an answer for, by delivery tag."""

from longshore_broker.publisher import Ref, Settled


class Unsettled:
    """Books of one channel in confirm mode. Tags count from 1, in the order of publishing."""

    def __init__(self) -> None:
        self._tag = 0
        self._waiting: dict[int, Ref] = {}  # a dict keeps the order of its insertions: oldest first
        self._returned: set[tuple[str, str]] = set()
        self._news = Settled()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def has_news(self) -> bool:
        """Whether `take` has something to tell."""
        return bool(self._news.confirmed or self._news.refused)

    def published(self, ref: Ref) -> None:
        """A message was sent."""
        self._tag += 1
        self._waiting[self._tag] = ref

    def returned(self, id_: str, run: str) -> None:
        """The broker could not route it. It will confirm it all the same, in a moment: that is no success."""
        self._returned.add((id_, run))

    def acked(self, tag: int, multiple: bool = False) -> None:
        """The broker has the message; with `multiple`, all up to it."""
        for ref in self._pop(tag, multiple):
            # Few messages are ever returned: the common case is one look at an empty set.
            if self._returned and (key := (ref.id, ref.run)) in self._returned:
                self._returned.discard(key)
                self._news.refused.append(ref)
            else:
                self._news.confirmed.append(ref)

    def nacked(self, tag: int, multiple: bool = False) -> None:
        """The broker failed to take it; with `multiple`, all up to it."""
        self._news.refused.extend(self._pop(tag, multiple))

    def take(self) -> Settled:
        """What became known since the last call."""
        news, self._news = self._news, Settled()
        return news

    def abandon(self) -> list[Ref]:
        """Forget what still waits, and say what it was."""
        lost = list(self._waiting.values())
        self._waiting.clear()
        return lost

    def _pop(self, tag: int, multiple: bool) -> list[Ref]:
        if not multiple:
            ref = self._waiting.pop(tag, None)
            return [] if ref is None else [ref]
        popped = []
        while self._waiting and (oldest := next(iter(self._waiting))) <= tag:
            popped.append(self._waiting.pop(oldest))
        return popped
