"""Designs drawn by SALib: Sobol' sequences, Saltelli's extension of them, Morris trajectories."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattmarket.errors import InputError

__all__ = ["extra", "morris", "saltelli", "sobol_sequence", "unit_problem"]

Shares = NDArray[np.float64]


def extra(module: str) -> ModuleType:
    """Import SALib or what comes with it, which takes seconds and is an extra: only what needs it waits for it.

    Parameters
    ----------
    module
        As in ``SALib.sample.sobol``.

    Raises
    ------
    InputError
        If it isn't installed; names the extra that installs it.

    Examples
    --------
    >>> extra("SALib_of_tomorrow")
    Traceback (most recent call last):
    wattmarket.errors.InputError: SALib_of_tomorrow is not installed; it comes with: pip install 'wattmarket[sweeps]'
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise InputError(f"{error.name} is not installed; it comes with: pip install 'wattmarket[sweeps]'") from error


def unit_problem(parameters: int) -> dict[str, Any]:
    """Describe so many parameters, each from 0 to 1, as SALib takes it."""
    names = [f"x{place}" for place in range(parameters)]
    return {"num_vars": parameters, "names": names, "bounds": [[0.0, 1.0]] * parameters}


def saltelli(parameters: int, base_samples: int, seed: int, *, second_order: bool = False) -> Shares:
    """Draw the points from which Sobol' indices are estimated.

    Parameters
    ----------
    parameters
        How many vary.
    base_samples
        Points of the scrambled Sobol' sequence, a power of two; the first half of twice as many are the same ones.
    seed
        Of the scrambling.
    second_order
        Whether indices of pairs can be estimated too, from nearly twice as many points.

    Returns
    -------
    numpy.ndarray
        Places from 0 to 1, shape (base samples x (parameters + 2), parameters), or base samples x (2 parameters + 2)
        rows. The numbers are multiples of a power of one half: no machine rounds them otherwise.

    Raises
    ------
    InputError
        If SALib isn't installed.

    Notes
    -----
    A. Saltelli et al., "Variance based sensitivity analysis of model output", Computer Physics Communications 181
    (2010); the scrambling is that of Matousek (SciPy's ``qmc.Sobol``).

    Examples
    --------
    >>> drawn = saltelli(2, 4, seed=1)
    >>> drawn.shape, bool((drawn == saltelli(2, 8, seed=1)[:16]).all())
    ((16, 2), True)
    """
    drawn: Shares = extra("SALib.sample.sobol").sample(
        unit_problem(parameters), base_samples, calc_second_order=second_order, seed=_generator(seed)
    )
    return drawn


def sobol_sequence(parameters: int, points: int, seed: int) -> Shares:
    """Draw the points of a scrambled Sobol' sequence, which fill the space evenly.

    Parameters
    ----------
    parameters, points, seed
        How many vary, how many points (a power of two), and the seed of the scrambling.

    Returns
    -------
    numpy.ndarray
        Places from 0 to 1, shape (points, parameters).

    Raises
    ------
    InputError
        If SciPy, which comes with SALib, isn't installed.

    Notes
    -----
    I. M. Sobol', "On the distribution of points in a cube", USSR Computational Mathematics 7 (1967).

    Examples
    --------
    >>> sorted((sobol_sequence(1, 4, seed=0)[:, 0] * 4).astype(int).tolist())
    [0, 1, 2, 3]
    """
    drawn: Shares = extra("scipy.stats").qmc.Sobol(parameters, seed=_generator(seed)).random(points)
    return drawn


def morris(parameters: int, trajectories: int, levels: int, seed: int) -> Shares:
    """Draw Morris trajectories: from a point of a lattice, one parameter after the other is moved half-way across.

    Parameters
    ----------
    parameters, trajectories
        How many vary, and how many walks.
    levels
        Values of each parameter, an even number.
    seed
        Of the walks.

    Returns
    -------
    numpy.ndarray
        Places from 0 to 1, multiples of 1/(levels - 1), shape (trajectories x (parameters + 1), parameters).

    Raises
    ------
    InputError
        If SALib isn't installed.

    Notes
    -----
    M. D. Morris, "Factorial sampling plans for preliminary computational experiments", Technometrics 33 (1991).

    Examples
    --------
    >>> walk = morris(3, trajectories=1, levels=4, seed=0)
    >>> ((walk[1:] != walk[:-1]).sum(axis=1) == 1).tolist()
    [True, True, True]
    """
    drawn: Shares = extra("SALib.sample.morris").sample(
        unit_problem(parameters), trajectories, num_levels=levels, seed=_generator(seed)
    )
    # Sums of thirds differ in the last bit: what lies on the lattice is put there.
    return np.round(drawn * (levels - 1)) / (levels - 1)


def _generator(seed: int) -> Any:
    """Make a generator of SALib's own kind: given none, or the seed 0, parts of it fall back on the global one."""
    return np.random.default_rng(seed)  # exact: a generator of its own, with a seed
