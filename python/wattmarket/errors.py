"""Every error that wattmarket raises on purpose, and the exit code each one means on the command line."""

from __future__ import annotations

__all__ = [
    "DigestMismatchError",
    "InputError",
    "InvariantError",
    "WattmarketError",
]


class WattmarketError(Exception):
    """Base of all errors raised on purpose."""

    exit_code = 1


class InputError(WattmarketError, ValueError):
    """Something that came in is wrong; the message names file, key or row, and the reason.

    Parameters
    ----------
    problems
        One line per problem, each ``where: reason``. A single string is one problem.

    Examples
    --------
    >>> str(InputError(["a.toml: run.months: must be at least 1"]))
    'a.toml: run.months: must be at least 1'
    """

    exit_code = 2

    def __init__(self, problems: str | list[str]) -> None:
        self.problems: list[str] = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


class InvariantError(WattmarketError, RuntimeError):
    """A law of the model was broken (conservation, an optimality certificate): a bug, never the user's fault."""

    exit_code = 3


class DigestMismatchError(WattmarketError, RuntimeError):
    """A replay or a check found other bits than those recorded."""

    exit_code = 4
