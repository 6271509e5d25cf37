"""Whether the promises held, from outside: Kafka, dumps of the stores and the clients' journals.

Nothing in here, nor in what it imports, is code of the services: of the project it knows the
contracts. So a mistake in the services cannot hide itself here.
"""
