"""PostgreSQL and Valkey from the wheels, for machines that have neither.

`paths` says where everything lies, `postgres` and `valkey` each start and stop one server, `servers` lets any number
of processes share the two and stops them after the last one, `supervisor` is `make run`.

Nothing here imports Django: the servers must run before the settings are read.
"""
