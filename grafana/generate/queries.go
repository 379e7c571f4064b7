package main

import (
	"fmt"
	"strings"
)

// scope picks the exporters and desks that were chosen. Every selector starts
// with it.
const scope = `job=~"$job", instance=~"$instance", desk=~"$desk"`

// query is one expression of a panel. It says how its series are called.
type query struct {
	expr   string
	legend string
	// dots asks for exemplars, where the expression rests on a histogram.
	dots bool
	// dashed is for what the others are held against.
	dashed bool
}

// selector returns a metric with the matchers of the chosen desks and more.
func selector(metric string, matchers ...string) string {
	return metric + "{" + strings.Join(append([]string{scope}, matchers...), ", ") + "}"
}

// chosen returns the matchers of dimensions that are chosen above the board.
func chosen(dimensions ...string) []string {
	var matchers []string
	for _, d := range dimensions {
		matchers = append(matchers, fmt.Sprintf(`%s=~"$%s"`, d, d))
	}
	return matchers
}

// overWindow returns a family over the chosen window at the level of all
// together. Choices of channel, team and priority have no hold on it: those
// are other levels.
func overWindow(metric string, matchers ...string) string {
	return selector(metric, append([]string{`by="all"`, `window="$window"`}, matchers...)...)
}

// overWindowBy returns a family over the chosen window split by one dimension,
// narrowed to what is chosen of it.
func overWindowBy(dimension, metric string, matchers ...string) string {
	level := append([]string{fmt.Sprintf(`by=%q`, dimension), `window="$window"`}, chosen(dimension)...)
	return selector(metric, append(level, matchers...)...)
}

// atLevel returns a family over the chosen window at a level of which nothing is
// chosen above the board.
func atLevel(level, metric string, matchers ...string) string {
	return selector(metric, append([]string{fmt.Sprintf(`by=%q`, level), `window="$window"`}, matchers...)...)
}

// overWeeks asks over the last 28 days or, where no such window is configured, the
// last 7.
func overWeeks(ask func(window string) string) string {
	return ask(`window="28d"`) + "\nor\n" + ask(`window="7d"`)
}

const (
	weeksNote = " Over the last 28 days or, where no such window is configured, the last 7, whichever is chosen: shorter windows do not hold every weekday."
	noWeeks   = "Needs a window of 7d or 28d"
)

// nowBy is overWindowBy of a family that is of now and so has no window.
func nowBy(dimension, metric string) string {
	return selector(metric, append([]string{fmt.Sprintf(`by=%q`, dimension)}, chosen(dimension)...)...)
}

// share returns the quotient of two sums: of all that is chosen, or by labels.
// Sums come first, for the mean of ratios is no ratio. Where there is nothing to
// divide by there is no figure.
func share(part, whole string, by ...string) string {
	return fmt.Sprintf("%s\n/\n(%s > 0)", sum(part, by...), sum(whole, by...))
}

// each returns the quotient of a sum that is told apart by a label, as money is by
// its currency, and of units that are not. Only desks that have some of the one
// have a part in the other.
func each(amount, units, label string, by ...string) string {
	desk := append([]string{"job", "instance", "desk"}, by...)
	labels := append(by[:len(by):len(by)], label)
	of := aggregate("group", amount, append(desk, label)...) + "\n* on (" + strings.Join(desk, ", ") + ") group_left ()\n" + units
	return fmt.Sprintf("%s\n/\n(%s > 0)", sum(amount, labels...), sum(of, labels...))
}

// ofDesksWith narrows a figure to the desks that have some of another one.
func ofDesksWith(some, expr string) string { return expr + "\nand on (job, instance, desk)\n" + some }

// sum adds up, over all labels but those named.
func sum(expr string, by ...string) string { return aggregate("sum", expr, by...) }

// pooled returns the mean over all that is chosen, or by labels, from the means
// of desks and the samples that each of them is of. Where there is no mean, its
// sample is left out as well.
func pooled(mean, sample string, by ...string) string {
	return fmt.Sprintf("%s\n/\n(%s > 0)", sum(mean+" * "+sample, by...), sum(sample+" and "+mean, by...))
}

// largest is for what does not add up: the worst of the desks that are chosen.
func largest(expr string, by ...string) string { return aggregate("max", expr, by...) }

func aggregate(how, expr string, by ...string) string {
	if len(by) == 0 {
		return fmt.Sprintf("%s(%s)", how, expr)
	}
	return fmt.Sprintf("%s by (%s) (%s)", how, strings.Join(by, ", "), expr)
}

// perHour returns how often a counter steps in an hour.
func perHour(counter string, by ...string) string {
	return sum("rate("+counter+"[$__rate_interval])", by...) + " * 3600"
}

// spread is a histogram. Prometheus keeps it as classic buckets or as one native
// histogram; each query is asked for the one and, where that is not there, for
// the other.
type spread struct {
	metric   string
	matchers []string
}

// quantile returns a quantile of what came to pass in the last minutes, as the
// exporter learnt of it. Where nothing did it is not a number; no comparison
// holds of that, and it goes.
func (s spread) quantile(q float64, by ...string) string {
	of := func(buckets string) string { return fmt.Sprintf("histogram_quantile(%v, %s) >= 0", q, buckets) }
	return of(s.rate("_bucket", append([]string{"le"}, by...)...)) + "\nor\n" + of(s.rate("", by...))
}

// mean returns the mean of what came to pass in the last minutes.
func (s spread) mean(by ...string) string {
	native := s.rate("", by...)
	return fmt.Sprintf("%s\n/\n(%s > 0)\nor\nhistogram_sum(%s)\n/\n(histogram_count(%[3]s) > 0)",
		s.rate("_sum", by...), s.rate("_count", by...), native)
}

// cells returns how many fell into each bucket, for a heat map. Where both forms
// are kept it shows the classic one.
func (s spread) cells() string {
	classic := "increase(" + s.part("_bucket") + "[$__rate_interval])"
	native := "increase(" + s.part("") + "[$__rate_interval])"
	return fmt.Sprintf("%s\nor\n(%s unless on () %s)", sum(classic, "le"), sum(native), sum(classic))
}

func (s spread) part(suffix string) string { return selector(s.metric+suffix, s.matchers...) }

// rate returns the rate of one part of the histogram, of the native form with
// an empty suffix.
func (s spread) rate(suffix string, by ...string) string {
	return sum("rate("+s.part(suffix)+"[$__rate_interval])", by...)
}

// z is the quantile of the normal distribution for bounds of 95 %.
const z = 1.959964

// wilson returns the lower (sign -1) or upper (sign 1) bound of the 95 % Wilson
// interval of a share, from the sums over all that is chosen: bounds of several
// desks cannot be put together. What lies beyond 0 and 1 is rounding.
func wilson(sign float64, part, whole string, by ...string) string {
	s, n := sum(part, by...), "("+sum(whole, by...)+" > 0)"
	return fmt.Sprintf("clamp((%s + %.6f + %.6f * sqrt(%[1]s * (%[4]s - %[1]s) / %[4]s + %.6f))\n/\n(%[4]s + %.6[6]f), 0, 1)",
		s, z*z/2, sign*z, n, z*z/4, z*z)
}

// netPromoters returns the Net Promoter Score in points, from the sums over all
// that is chosen.
func netPromoters(promoters, detractors, all string, by ...string) string {
	return fmt.Sprintf("100 * (%s - %s)\n/\n(%s > 0)", sum(promoters, by...), sum(detractors, by...), sum(all, by...))
}

// netPromoterMargin returns the 95 % margin of error of that score in points, by
// the variance of answers that are worth 1, 0 or -1.
func netPromoterMargin(promoters, detractors, all string, by ...string) string {
	p, d, n := sum(promoters, by...), sum(detractors, by...), "("+sum(all, by...)+" > 0)"
	return fmt.Sprintf("%.4f * sqrt(clamp_min(%s + %s - (%[2]s - %[3]s) ^ 2 / %[4]s, 0))\n/\n%[4]s", 100*z, p, d, n)
}

// called gives one value of a label the name that readers see.
func called(expr, label, value, name string) string {
	return fmt.Sprintf("label_replace(%s, %q, %q, %[2]q, %[4]q)", expr, label, name, value)
}
