package zendesktest

const (
	day  = 24 * 60 * 60
	week = 7 * day
)

// hours are the office hours of a week, in UTC: spans of seconds since Sunday,
// in order.
type hours [][2]int64

// officeHours are from 9 to 17, Monday to Friday.
func officeHours() hours {
	var h hours
	for d := int64(1); d <= 5; d++ {
		h = append(h, [2]int64{d*day + 9*60*60, d*day + 17*60*60})
	}
	return h
}

// sunday returns when the week of a second began: the first day of Unix time was
// a Thursday.
func sunday(at int64) int64 { return at - (at+4*day)%week }

// between returns how many office seconds lie between two seconds.
func (h hours) between(from, to int64) int64 {
	var sum int64
	for begin := sunday(from); begin < to; begin += week {
		for _, span := range h {
			sum += max(0, min(to, begin+span[1])-max(from, begin+span[0]))
		}
	}
	return sum
}

// add returns the second by which so many office seconds have passed.
func (h hours) add(from, seconds int64) int64 {
	for begin := sunday(from); ; begin += week {
		for _, span := range h {
			start := max(from, begin+span[0])
			open := max(0, begin+span[1]-start)
			if seconds <= open {
				return start + seconds
			}
			seconds -= open
		}
	}
}
