"""The administration for supervisors: work list, evidence, rules with their versions."""

from supervision.admin import advice, rules, warnings  # noqa: F401
