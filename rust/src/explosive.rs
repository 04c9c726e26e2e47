//! Right-tailed unit-root statistics over all windows of a series (Phillips, Shi & Yu 2015).
//!
//! In a window the change of a series is regressed on a constant, its last level and lagged changes; the statistic is
//! Student's t of the level. Sums over windows are differences of running sums of the series less its middle, so that
//! all windows of a series cost O(T²).

/// Statistics of a series by month; NaN where no window ends, and where a window never changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    /// Of the window from the start to each month.
    pub badf: Vec<f64>,
    /// The largest over all windows that end in each month.
    pub bsadf: Vec<f64>,
}

/// Statistics of a series, by the shortest window in observations of the regression, and lagged changes in it.
///
/// # Panics
/// If a window is shorter than `lags + 3`.
///
/// # Examples
/// ```
/// // 1, -1, 1, ..., and then ever steeper.
/// let calm = |month: i32| if month % 2 == 0 { 1.0 } else { -1.0 };
/// let series: Vec<f64> = (0..40).map(|month| calm(month) + 1.3_f64.powi(month - 20)).collect();
/// let found = wattmarket_core::explosive::statistics(&series, 11, 0);
/// assert!(found.bsadf[10].is_nan() && found.bsadf[15] < 0.0 && found.bsadf[39] > 10.0);
/// assert!(found.bsadf[39] >= found.badf[39]);
/// ```
pub fn statistics(series: &[f64], window: usize, lags: usize) -> Statistics {
    assert!(window >= lags + 3, "a window has as many observations as the regression needs");
    let sums = running_sums(series, lags);
    let rows = sums.len() - 1;
    let mut found = Statistics { badf: vec![f64::NAN; series.len()], bsadf: vec![f64::NAN; series.len()] };
    let mut gram = vec![0.0; (lags + 2) * (lags + 2)];
    for last in window..=rows {
        let mut largest = f64::NEG_INFINITY;
        for first in 0..=last - window {
            let statistic = of_level(&sums[last], &sums[first], (last - first) as f64, &mut gram);
            if first == 0 {
                found.badf[last + lags] = statistic;
            }
            // A window that never changes leaves nothing to compare.
            largest = if statistic.is_nan() || statistic > largest { statistic } else { largest };
            if largest.is_nan() {
                break;
            }
        }
        found.bsadf[last + lags] = largest;
    }
    found
}

/// Sums of products of the regression's columns up to each row: level, lagged changes, change, and ones for the constant.
fn running_sums(series: &[f64], lags: usize) -> Vec<Vec<f64>> {
    let size = lags + 3;
    // Near nothing, so that differences of sums keep their digits.
    let (low, high) =
        series.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)));
    let middle = 0.5 * (high + low);
    let level = |at: usize| series[at] - middle;
    let change = |at: usize| series[at + 1] - series[at];
    let mut sums = vec![vec![0.0; size * size]];
    for row in lags..series.len().saturating_sub(1) {
        let mut columns = vec![level(row)];
        columns.extend((1..=lags).map(|lag| change(row - lag)));
        columns.extend([change(row), 1.0]);
        let mut next = sums[sums.len() - 1].clone();
        for (place, sum) in next.iter_mut().enumerate() {
            *sum += columns[place / size] * columns[place % size];
        }
        sums.push(next);
    }
    sums
}

/// Student's t of the level in a window, from the sums up to its end and up to its start.
fn of_level(to: &[f64], from: &[f64], count: f64, gram: &mut [f64]) -> f64 {
    let size = to.len().isqrt();
    let inner = size - 1;
    let sum = |row: usize, column: usize| to[row * size + column] - from[row * size + column];
    // Products of deviations from means; the constant is gone with them.
    for row in 0..inner {
        let mean = sum(row, inner) / count;
        for column in 0..inner {
            gram[row * inner + column] = sum(row, column) - mean * sum(column, inner);
        }
    }
    // Lagged changes are taken out of level and change one by one.
    for lag in 1..inner - 1 {
        let pivot = gram[lag * inner + lag];
        for row in (0..inner).filter(|&row| row != lag) {
            let factor = gram[row * inner + lag] / pivot;
            for column in 0..inner {
                gram[row * inner + column] -= factor * gram[lag * inner + column];
            }
        }
    }
    let (level, both, change) = (gram[0], gram[inner - 1], gram[inner * inner - 1]);
    let slope = both / level;
    // Sum of squares that is left, over its degrees of freedom: constant, level, lags.
    let left = (change - slope * both).max(0.0) / (count - inner as f64);
    slope / (left / level).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Student's t of the level by the normal equations of one window, constant included.
    fn by_itself(series: &[f64]) -> f64 {
        let (n, x) = ((series.len() - 1) as f64, &series[..series.len() - 1]);
        let y: Vec<f64> = series.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
        let sxx: f64 = x.iter().map(|x| (x - mx) * (x - mx)).sum();
        let sxy: f64 = x.iter().zip(&y).map(|(x, y)| (x - mx) * (y - my)).sum();
        let slope = sxy / sxx;
        let left: f64 = x.iter().zip(&y).map(|(x, y)| (y - my - slope * (x - mx)).powi(2)).sum();
        slope / (left / (n - 2.0) / sxx).sqrt()
    }

    fn walk(months: u32) -> Vec<f64> {
        let steps = (0..months).map(|month| f64::from(month.wrapping_mul(2_654_435_761) >> 16) / 65_536.0 - 0.5);
        steps
            .scan(300.0, |level, step| {
                *level += step;
                Some(*level)
            })
            .collect()
    }

    #[test]
    fn every_window_is_the_regression_by_itself() {
        let (series, window) = (walk(30), 8);
        let found = statistics(&series, window, 0);
        for month in window..series.len() {
            let all: Vec<f64> = (0..=month - window).map(|start| by_itself(&series[start..=month])).collect();
            let largest = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            assert!((found.badf[month] - all[0]).abs() < 1e-9, "{month}");
            assert!((found.bsadf[month] - largest).abs() < 1e-9, "{month}");
        }
        assert!(found.bsadf[..window].iter().all(|x| x.is_nan()));
    }

    #[test]
    fn windows_without_change_have_no_statistic() {
        let mut series = walk(30);
        series[5..20].fill(300.0);
        let found = statistics(&series, 8, 0);
        assert!(found.bsadf[19].is_nan() && found.badf[19].is_finite());
    }
}
