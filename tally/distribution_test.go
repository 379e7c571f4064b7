package tally_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"pgregory.net/rapid"

	"helpdesk_exporter/tally"
)

// durations draws times from nanoseconds to years, evenly over the magnitudes.
func durations() *rapid.Generator[tally.Amount] {
	return rapid.Custom(func(t *rapid.T) tally.Amount {
		magnitude := rapid.Float64Range(0, 17).Draw(t, "magnitude")
		return tally.Amount(math.Pow(10, magnitude))
	})
}

func TestAQuantileIsWithinFourAndAHalfPercent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sample := rapid.SliceOfN(durations(), 1, 200).Draw(t, "sample")
		percent := rapid.SampledFrom([]int{1, 10, 50, 90, 95, 99, 100}).Draw(t, "percent")
		d := distributionOf(sample)
		slices.Sort(sample)
		rank := (percent*len(sample) + 99) / 100 // nearest rank, in whole numbers
		want := sample[rank-1].Float()
		got, ok := d.Quantile(float64(percent) / 100)
		if !ok || math.Abs(got-want) > 0.045*want {
			t.Fatalf("the %d %% quantile is %v, exactly %v", percent, got, want)
		}
	})
}

func TestAQuantileOfNothingIsAbsent(t *testing.T) {
	var d tally.Distribution
	d.Add(1, 5)
	d.Add(-1, 5)
	if got, ok := d.Quantile(0.5); ok {
		t.Errorf("got %v", got)
	}
}

func TestExactZerosAreZero(t *testing.T) {
	d := distributionOf([]tally.Amount{0, 0, tally.Seconds(time.Hour)})
	if got, ok := d.Quantile(0.5); !ok || got != 0 {
		t.Errorf("got %v, %v", got, ok)
	}
}

// The reference is the client library of Prometheus itself.
func TestBucketsAreThoseOfPrometheus(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := durations().Draw(t, "value")
		sameBucket(t, value)
	})
	for bucket := int16(160); bucket < 180; bucket++ { // weeks, where a nanosecond tells bounds apart
		edge := tally.Points(tally.UpperBound(bucket))
		for _, value := range []tally.Amount{edge - 1, edge, edge + 1} {
			sameBucket(t, value)
		}
	}
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func sameBucket(t fataler, value tally.Amount) {
	t.Helper()
	reference := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:                         "reference",
		NativeHistogramBucketFactor:  1.1, // schema 3 is the coarsest that keeps to it
		NativeHistogramZeroThreshold: prometheus.NativeHistogramZeroThresholdZero,
	})
	reference.Observe(value.Float())
	var m dto.Metric
	if err := reference.Write(&m); err != nil {
		t.Fatalf("%v", err)
	}
	h := m.GetHistogram()
	d := distributionOf([]tally.Amount{value})
	if h.GetSchema() != tally.Schema || len(h.GetPositiveSpan()) != 1 || len(d) != 1 {
		t.Fatalf("cannot compare schema %d, spans %v", h.GetSchema(), h.GetPositiveSpan())
	}
	if want := h.GetPositiveSpan()[0].GetOffset(); int32(d[0].Index) != want {
		t.Fatalf("%v s is in bucket %d, for Prometheus in %d", value.Float(), d[0].Index, want)
	}
	above, below := tally.UpperBound(d[0].Index), tally.UpperBound(d[0].Index-1)
	if v := value.Float(); v > above || v <= below {
		t.Fatalf("%v s is outside of its bucket (%v, %v]", v, below, above)
	}
}

func TestDistributionsMergeAndPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(durations(), 0, 30).Draw(t, "a")
		b := rapid.SliceOfN(durations(), 0, 30).Draw(t, "b")
		both := distributionOf(a)
		both.Merge(distributionOf(b), 1)
		if want := distributionOf(append(slices.Clone(b), a...)); !slices.Equal(both, want) {
			t.Fatalf("merged %v, want %v", both, want)
		}
		both.Merge(distributionOf(a), -1)
		if want := distributionOf(b); !slices.Equal(both, want) {
			t.Fatalf("parted %v, want %v", both, want)
		}
	})
}

// apart returns times in distinct buckets: the powers of two.
func apart(exponents []int) []tally.Amount {
	var times []tally.Amount
	for _, e := range exponents {
		times = append(times, tally.Amount(1e9)<<e)
	}
	return times
}

// kaplanMeier is the estimator by its definition: at each time of death the
// survival is multiplied by 1 - died/at risk, in whole numbers as far as they
// go. The quantile is the first time at which the survival is 1 - q or less,
// q being so many in a thousand.
func kaplanMeier(died, waiting []tally.Amount, perMille int64) (tally.Amount, bool) {
	times := slices.Clone(died)
	slices.Sort(times)
	survival := 1.0
	for _, at := range slices.Compact(times) {
		deaths, atRisk := 0, 0
		for _, d := range died {
			if d == at {
				deaths++
			}
			if d >= at {
				atRisk++
			}
		}
		for _, w := range waiting {
			if w >= at {
				atRisk++
			}
		}
		survival *= float64(atRisk-deaths) / float64(atRisk)
		if survival*1000 <= float64(1000-perMille)+1e-9 {
			return at, true
		}
	}
	return 0, false
}

func TestCensoredQuantilesAreThoseOfKaplanAndMeier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		exponents := rapid.SliceOfN(rapid.IntRange(0, 20), 0, 40)
		died, waiting := apart(exponents.Draw(t, "died")), apart(exponents.Draw(t, "waiting"))
		perMille := rapid.Int64Range(1, 1000).Draw(t, "per mille")
		want, reached := kaplanMeier(died, waiting, perMille)
		got, ok := distributionOf(died).CensoredQuantile(float64(perMille)/1000, distributionOf(waiting))
		if ok != reached {
			t.Fatalf("reached is %t, want %t", ok, reached)
		}
		if ok && math.Abs(got-want.Float()) > 0.045*want.Float() {
			t.Fatalf("got %v, want %v", got, want.Float())
		}
	})
}

// Four were answered after an hour, six still wait after ten: the survival at
// one hour is 6/10, and nothing is known beyond (vector T19 of the handbook).
func TestAMedianThatIsNotReachedIsAbsent(t *testing.T) {
	hour := tally.Seconds(time.Hour)
	answered := distributionOf([]tally.Amount{hour, hour, hour, hour})
	waiting := distributionOf(slices.Repeat([]tally.Amount{10 * hour}, 6))
	if got, ok := answered.CensoredQuantile(0.4, waiting); !ok || math.Abs(got-3600) > 0.045*3600 {
		t.Errorf("the 40 %% quantile is %v, %v", got, ok)
	}
	for _, q := range []float64{0.41, 0.5, 0.95} {
		if got, ok := answered.CensoredQuantile(q, waiting); ok {
			t.Errorf("the quantile %v is %v, want it absent", q, got)
		}
	}
}
