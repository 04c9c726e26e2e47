"""The command line: commands, exit codes, and errors in one line each.

Only click is imported here; each command imports what it needs when it runs, after ``--threads`` has taken effect.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from wattmarket.cli.commands import wattmarket
from wattmarket.cli.options import INTERRUPTED
from wattmarket.errors import WattmarketError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Returns
    -------
    int
        0 ok, 1 runs that differ (``diff``) or failed (``sweep run``), 2 wrong input, 3 a broken invariant, 4 digests
        that differ, 130 interrupted.
    """
    try:
        result = wattmarket.main(args=arguments, prog_name="wattmarket", standalone_mode=False)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except WattmarketError as error:
        for line in str(error).splitlines():
            click.echo(f"wattmarket: {line}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("wattmarket: interrupted; no run folder was left behind", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; keep the interpreter from complaining when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return result if isinstance(result, int) else 0
