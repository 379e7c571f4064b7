package tally

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// Schema is the resolution of all native histograms here: eight buckets for
// each doubling, so that a bucket's middle is within 4.5 % of all it holds.
const Schema = 3

// fractions are the upper bounds of the buckets between 0.5 and 1, as the
// native histograms of Prometheus define them for schema 3: 0.5 * 2^(i/8).
var fractions = [...]float64{
	0.5, 0.5452538663326288, 0.5946035575013605, 0.6484197773255048,
	0.7071067811865475, 0.7711054127039704, 0.8408964152537144, 0.9170040432046711,
}

// bucketOf returns the native bucket that holds v, which is above 0.
func bucketOf(v float64) int16 {
	frac, exp := math.Frexp(v)
	return int16(sort.SearchFloat64s(fractions[:], frac) + (exp-1)*len(fractions))
}

// UpperBound returns the inclusive upper bound of a native bucket.
func UpperBound(bucket int16) float64 {
	i := int(bucket) & (len(fractions) - 1)
	return math.Ldexp(fractions[i], (int(bucket)>>Schema)+1)
}

// middle is the geometric middle of a bucket.
func middle(bucket int16) float64 {
	return math.Sqrt(UpperBound(bucket) * UpperBound(bucket-1))
}

// ZeroBucket is where a Distribution keeps exact zeros, below all others.
const ZeroBucket = math.MinInt16

// Distribution says how many amounts fell into each native bucket. Only
// buckets that hold something take room. The zero value is empty.
type Distribution []Bucket

// Bucket is one bucket of a distribution.
type Bucket struct {
	Index int16 // of the native bucket, or ZeroBucket
	N     int64
}

// Add counts one amount, which must not be negative; with sign -1 it takes it
// away again.
func (d *Distribution) Add(sign int64, a Amount) {
	d.add(indexOf(a), sign)
}

func indexOf(a Amount) int16 {
	if a == 0 {
		return ZeroBucket
	}
	return bucketOf(a.Float())
}

func (d *Distribution) add(index int16, n int64) {
	i, found := slices.BinarySearchFunc(*d, index, func(b Bucket, x int16) int {
		return int(b.Index) - int(x)
	})
	if !found {
		*d = slices.Insert(*d, i, Bucket{Index: index})
	}
	(*d)[i].N += n
	if (*d)[i].N == 0 {
		*d = slices.Delete(*d, i, i+1)
	}
}

// Merge adds sign times another distribution.
func (d *Distribution) Merge(o Distribution, sign int64) {
	for _, b := range o {
		d.add(b.Index, sign*b.N)
	}
}

// N returns how many amounts there are.
func (d Distribution) N() int64 {
	var n int64
	for _, b := range d {
		n += b.N
	}
	return n
}

// Quantile returns the q-th quantile by nearest rank, as the middle of the
// bucket that holds it; false without a sample.
func (d Distribution) Quantile(q float64) (float64, bool) {
	n := d.N()
	if n == 0 {
		return 0, false
	}
	rank := max(int64(math.Ceil(q*float64(n))), 1)
	for _, b := range d {
		if rank -= b.N; rank <= 0 {
			return b.value(), true
		}
	}
	return 0, false
}

func (b Bucket) value() float64 {
	if b.Index == ZeroBucket {
		return 0
	}
	return middle(b.Index)
}

// CensoredQuantile is the quantile of the Kaplan-Meier estimator (Kaplan and
// Meier 1958): d holds the times of those who got there, waiting those who had
// not after so many seconds. It is false where the estimate does not reach q.
//
// The survival after each bucket is the product of 1 - died/atRisk; who waits
// in the bucket itself is still at risk in it.
func (d Distribution) CensoredQuantile(q float64, waiting Distribution) (float64, bool) {
	atRisk := d.N() + waiting.N()
	survival := 1.0
	w := 0
	for _, b := range d {
		for ; w < len(waiting) && waiting[w].Index < b.Index; w++ {
			atRisk -= waiting[w].N
		}
		survival *= 1 - float64(b.N)/float64(atRisk)
		// Products of quotients miss a round quantile by a hair.
		if survival <= 1-q+1e-12 {
			return b.value(), true
		}
		atRisk -= b.N
	}
	return 0, false
}

// DistributionWindow is the distribution of a trailing window. The zero value
// is empty.
type DistributionWindow struct {
	slots []distributionSlot // ascending
	total Distribution
}

type distributionSlot struct {
	index int64
	Distribution
}

// Add counts one amount in the given slot, or with sign -1 takes it away.
func (w *DistributionWindow) Add(index, sign int64, a Amount) {
	bucket := indexOf(a)
	w.total.add(bucket, sign)
	i, found := slices.BinarySearchFunc(w.slots, index, func(s distributionSlot, x int64) int {
		return cmp.Compare(s.index, x)
	})
	if !found {
		w.slots = slices.Insert(w.slots, i, distributionSlot{index: index})
	}
	w.slots[i].add(bucket, sign)
	if len(w.slots[i].Distribution) == 0 {
		w.slots = slices.Delete(w.slots, i, i+1)
	}
}

// Advance lets every slot before first leave the window.
func (w *DistributionWindow) Advance(first int64) {
	gone := 0
	for gone < len(w.slots) && w.slots[gone].index < first {
		w.total.Merge(w.slots[gone].Distribution, -1)
		gone++
	}
	if gone > 0 {
		w.slots = slices.Delete(w.slots, 0, gone)
	}
}

// Total returns what the window holds. The caller must not change it.
func (w *DistributionWindow) Total() Distribution { return w.total }

// Steps adds what the window holds to the distributions of the steps. What lies
// outside of them is left out.
func (w *DistributionWindow) Steps(steps Steps, distributions []Distribution) {
	for _, s := range w.slots {
		if i, ok := steps.Of(s.index); ok {
			distributions[i].Merge(s.Distribution, 1)
		}
	}
}
