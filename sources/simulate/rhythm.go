package simulate

import (
	"math"
	"time"
)

// rhythm is how busy the desk is at each moment: the hours of the day, the days
// of the week, and the incidents in which everybody writes and calls.
type rhythm struct {
	settings *Settings
	zone     *time.Location
	opens    int              // the minute of the local day
	hours    [24 * 60]float64 // how busy each minute of a day is, 1 on average
	begun    time.Time        // the first sync
	quiet    time.Duration    // from incident to incident on average, 0: there are none
}

// weekdays is how busy the days of a week are, Sunday first; 1 on average.
var weekdays = [7]float64{0.5, 1.35, 1.2, 1.15, 1.1, 1.05, 0.65}

func newRhythm(s *Settings, begun time.Time) (rhythm, error) {
	zone, err := time.LoadLocation(s.Timezone)
	if err != nil {
		return rhythm{}, err
	}
	r := rhythm{
		settings: s, zone: zone, opens: s.opening(), begun: begun, quiet: s.scaled(time.Duration(s.Incidents)),
	}
	sum := 0.0
	for i := range r.hours {
		r.hours[i] = hump(float64(i-r.opens) / 60)
		sum += r.hours[i]
	}
	for i := range r.hours {
		r.hours[i] *= float64(len(r.hours)) / sum
	}
	return r, nil
}

// hump is how busy the desk is some hours after it opens: most before lunch,
// nearly as much after it, a little in the evening, and somebody always writes.
func hump(hours float64) float64 {
	if hours >= 16 {
		hours -= 24
	} else if hours < -8 {
		hours += 24
	}
	bell := func(centre, width float64) float64 {
		x := (hours - centre) / width
		return math.Exp(-x * x / 2)
	}
	return 0.18 + bell(2, 1.6) + 0.85*bell(6.5, 1.9) + 0.25*bell(11, 2)
}

// usual is how busy the desk is by the clock and the calendar, 1 on average
// over a week.
func (r *rhythm) usual(t time.Time) float64 {
	local := t.In(r.zone)
	return r.hours[local.Hour()*60+local.Minute()] * weekdays[local.Weekday()]
}

// sinceOpening returns how many hours ago the desk opened, and whether the day
// is one of a weekend.
func (r *rhythm) sinceOpening(t time.Time) (hours float64, weekend bool) {
	local := t.In(r.zone)
	hours = float64(local.Hour()*60+local.Minute()-r.opens) / 60
	if hours < 0 {
		hours += 24
	}
	return hours, local.Weekday() == time.Sunday || local.Weekday() == time.Saturday
}

// severity is how many times more contacts than usual an incident brings, 1
// while there is none. One begins shortly before the first sync, so that there
// is something to watch.
func (r *rhythm) severity(t time.Time) float64 {
	if r.quiet == 0 {
		return 1
	}
	opening := r.begun.Add(-r.settings.scaled(20 * time.Minute))
	if !t.Before(opening) && t.Before(opening.Add(r.settings.scaled(80*time.Minute))) {
		return 3
	}
	// Time is cut into stretches of equal length, with one incident in each.
	n := t.UnixNano() / int64(r.quiet)
	draw := func(what uint64) float64 { return fraction(r.settings.Seed, uint64(n), what) }
	length := r.settings.scaled(40*time.Minute) + time.Duration(draw(1)*float64(r.settings.scaled(50*time.Minute)))
	start := n*int64(r.quiet) + int64(draw(2)*float64(r.quiet-length))
	if since := time.Duration(t.UnixNano() - start); since < 0 || since >= length {
		return 1
	}
	return 2 + 2*draw(3)
}

// rate is how many times more than on average comes in at a moment. Incidents
// do not care for the hour of the day.
func (r *rhythm) rate(t time.Time) float64 {
	usual := r.usual(t)
	if severity := r.severity(t); severity > 1 {
		return max(usual, 1) * severity
	}
	return usual
}

// delay is how many times longer than at the best of times answers take: few
// work at night and at the weekend, and an incident takes everybody.
func (r *rhythm) delay(t time.Time) float64 {
	delay := 1 + 2.5*max(0, 1-r.usual(t))
	if r.severity(t) > 1 {
		delay *= 2
	}
	return delay
}
