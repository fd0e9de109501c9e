"""A second, naive reading of rule-definitions.md and credit-definitions.md, to hold the set-based one against.

Plain Python over the files of a market; it shares no code with the applications. Where the texts leave a choice
open, the docstring of the function concerned says which was made.
"""
