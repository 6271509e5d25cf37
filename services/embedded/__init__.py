"""Talon on one box: Apache Kafka, Valkey and the three services as child processes.

What others use: ``stack.Stack`` (a context manager, sync or async) with ``options.Options``;
``data.EXAMPLE`` is the example catalogue. Everything foreseeable that goes wrong is an
``errors.CannotRun``: its text is plain and names the mend.
"""
