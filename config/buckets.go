package config

// Buckets are the upper bounds of the classic histograms, in seconds but for
// the contacts, which are counted. SLA targets are added by themselves.
type Buckets struct {
	Default  []float64 `yaml:"default,flow"`
	Calls    []float64 `yaml:"calls,flow"`
	Web      []float64 `yaml:"web,flow"`
	Contacts []float64 `yaml:"contacts,flow"`
}

func defaultBuckets() Buckets {
	return Buckets{
		Default: []float64{
			60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 259200, 604800, 1209600, 2592000,
		},
		Calls:    []float64{5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600},
		Web:      []float64{5, 15, 30, 60, 120, 300, 600, 1800},
		Contacts: []float64{1, 2, 3, 4, 5, 7, 10},
	}
}

func (b *Buckets) check(at spot) {
	checkBuckets(at.key("default"), b.Default)
	checkBuckets(at.key("calls"), b.Calls)
	checkBuckets(at.key("web"), b.Web)
	checkBuckets(at.key("contacts"), b.Contacts)
}

func checkBuckets(at spot, bounds []float64) {
	if len(bounds) == 0 {
		at.errorf("list at least one upper bound, as [60, 300, 3600]")
	}
	for i, b := range bounds {
		switch {
		case !finite(b):
			at.index(i).errorf("must be a finite number: the bucket without a bound is there by itself")
		case b <= 0:
			at.index(i).errorf("must be above 0, not %v", b)
		case i > 0 && b <= bounds[i-1]:
			at.index(i).errorf("bounds must ascend: %v comes after %v", b, bounds[i-1])
		}
	}
}
