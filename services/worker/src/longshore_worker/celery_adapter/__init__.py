"""Celery, kombu, billiard and py-amqp as the worker uses them: nothing else imports these."""
