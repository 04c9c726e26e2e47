#!/bin/bash
#SBATCH --job-name=sweep
#SBATCH --array=0-63
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --time=12:00:00
# A SLURM array: each task plays one shard of the sweep into one store on the shared file system.
#
#   SWEEP=map.toml STORE=/shared/sweeps/map sbatch slurm_array.sh
#
# A task that runs out of time commits what it has (SLURM sends SIGTERM first); one that is killed loses what it had not
# committed: submit the same array again. A run that needs more memory than there is fails, and the others go on.
set -euo pipefail
: "${SWEEP:?the sweep file}" "${STORE:?folder of the store, on the shared file system}"
shard=$((SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN))
export POLARS_MAX_THREADS=1 RAYON_NUM_THREADS=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
exec wattmarket sweep run "$SWEEP" --store "$STORE" --shard "$shard/$SLURM_ARRAY_TASK_COUNT" \
    --engine local --failed-ok --quiet
