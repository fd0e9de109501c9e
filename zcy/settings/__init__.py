"""Settings: `base` for all, `dev` for `make run` and the command line, `test` for tests, `prod` for the real thing."""
