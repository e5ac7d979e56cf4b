"""The steps in which a worker connects to the broker."""

from celery.worker.consumer import Tasks

from longshore_worker.celery_adapter.consumer import LongshoreConsumer, QuietTasks


class _Bare(LongshoreConsumer.Blueprint):
    """The same without steps being made of the classes."""

    def steps_in_order(self) -> list[type]:
        self.steps = self.claim_steps()
        order: list[type] = self._finalize_steps(self.steps)
        return order


def test_one_step_alone_consumes_tasks_and_remote_control_comes_after_it() -> None:
    # When
    order = _Bare().steps_in_order()

    # Then Celery's own, which declares all queues or fails, is not there
    assert [step for step in order if issubclass(step, Tasks)] == [QuietTasks]
    names = [step.__name__.rpartition(".")[2] for step in order]
    assert names.index("QuietTasks") < names.index("ControlAfterTasks")
    assert names[-1] == "Evloop"
