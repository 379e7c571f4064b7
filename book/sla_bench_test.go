package book_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// underSLA are the definitions of a desk that promises an answer and an end to
// every ticket: to half of them around the clock, to the others in the hours of
// an office.
func underSLA() kpi.Definitions {
	d := definitions()
	weekdays := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	d.Calendars = []kpi.Schedule{{Name: "office", Timezone: "Europe/Athens", Hours: []kpi.Hours{
		{Days: weekdays, From: 9 * 60, To: 13 * 60}, {Days: weekdays, From: 14 * 60, To: 18 * 60},
	}}}
	for _, p := range [...]struct {
		priority, calendar string
		answer, end        time.Duration
	}{
		{"urgent", "", time.Hour, 8 * time.Hour},
		{"high", "", 4 * time.Hour, day},
		{"normal", "office", 8 * time.Hour, 24 * time.Hour},
		{"low", "office", 16 * time.Hour, 40 * time.Hour},
	} {
		d.SLAPolicies = append(d.SLAPolicies, kpi.SLAPolicy{
			Name: p.priority, Calendar: p.calendar, Match: map[string][]string{"priority": {p.priority}},
			Targets: [4]time.Duration{desk.TargetFirstResponse: p.answer, desk.TargetResolution: p.end},
			PauseOn: []desk.Status{desk.StatusPending}, Rematch: []string{"priority"}, Reopen: kpi.ReopenRestarts,
		})
	}
	return d
}

// waitingTicket is an open one of the last week that was never answered.
func waitingTicket(i int) *desk.Ticket {
	t := benchTicket(i)
	t.CreatedAt = monday.Add(-time.Duration(i%10_080) * time.Minute)
	t.Status, t.SolvedAt = desk.StatusOpen, time.Time{}
	t.Messages = []desk.Message{{At: t.CreatedAt, Author: desk.RoleCustomer, Public: true}}
	t.StatusChanges = []desk.StatusChange{{At: t.CreatedAt, Status: desk.StatusNew}, {At: t.CreatedAt.Add(time.Minute), Status: desk.StatusOpen}}
	t.UpdatedAt = t.CreatedAt.Add(time.Minute)
	return t
}

// benchPromises is a desk that has n open tickets with two promises each.
func benchPromises(b *testing.B, n int) *office {
	b.Helper()
	o := openOffice(b, b.TempDir(), source("zen", "acme", desk.KindTicket))
	o.redefine(underSLA())
	o.reopen(monday)
	o.fill(n, waitingTicket)
	return o
}

func promiseSizes() []int {
	if os.Getenv("HELPDESK_BENCH_LARGE") != "" {
		return []int{20_000, 200_000, 1_000_000}
	}
	return []int{20_000, 200_000}
}

// BenchmarkOpenUnderSLA starts with open tickets to each of which two things
// are promised.
func BenchmarkOpenUnderSLA(b *testing.B) {
	for _, n := range promiseSizes() {
		b.Run(fmt.Sprintf("%d open", n), func(b *testing.B) {
			o := benchPromises(b, n)
			defer func() { o.close() }()
			for b.Loop() {
				o.reopen(monday)
			}
		})
	}
}

// BenchmarkReadUnderSLA takes everything as a scrape does: again and again, and
// after polls of 1,000 answers each.
func BenchmarkReadUnderSLA(b *testing.B) {
	for _, n := range promiseSizes() {
		o := benchPromises(b, n)
		o.reopen(monday)
		samples := &counter{}
		b.Run(fmt.Sprintf("%d open", n), func(b *testing.B) {
			for b.Loop() {
				samples.n = 0
				o.Read(monday, samples)
			}
			b.ReportMetric(float64(samples.n), "samples")
			b.ReportMetric(heap(), "heap-MB")
		})
		b.Run(fmt.Sprintf("%d open, 1000 answered", n), func(b *testing.B) {
			for round := 1; b.Loop(); round++ {
				b.StopTimer()
				now := monday.Add(time.Duration(round) * time.Second)
				o.commit("zen", answeredPage(round, n, now), now)
				b.StartTimer()
				o.Read(now, samples)
			}
		})
		o.close()
	}
}

// answeredPage is a page of a thousand tickets of n, each with an answer more.
func answeredPage(round, n int, now time.Time) desk.Page {
	page := desk.Page{AsOf: now}
	for i := range 1000 {
		k := (round*1000 + i) % n
		t := waitingTicket(k)
		t.Messages = append(t.Messages, desk.Message{At: now, Author: desk.RoleAgent, Public: true})
		t.UpdatedAt = now
		page.Records = append(page.Records, desk.Record{ID: benchID(k), Body: t})
	}
	return page
}

// BenchmarkCommit1000UnderSLA takes in pages of 1,000 changed tickets, and for
// comparison the same pages where nothing is promised.
func BenchmarkCommit1000UnderSLA(b *testing.B) {
	promised := benchPromises(b, 100_000)
	defer promised.close()
	free := openOffice(b, b.TempDir(), source("zen", "acme", desk.KindTicket))
	defer free.close()
	free.fill(100_000, waitingTicket)
	var with, without time.Duration
	for round := 1; b.Loop(); round++ {
		b.StopTimer()
		now := monday.Add(time.Duration(round) * time.Second)
		page := answeredPage(round, 100_000, now)
		start := time.Now()
		free.commit("zen", page, now)
		without += time.Since(start)
		b.StartTimer()
		start = time.Now()
		promised.commit("zen", page, now)
		with += time.Since(start)
	}
	b.ReportMetric(float64(without.Microseconds())/1000/float64(b.N), "without-ms/op")
	b.ReportMetric(with.Seconds()/without.Seconds(), "x-without")
}

// BenchmarkJudge1000 takes in polls that bring no record, by each of which it
// is known that 1,000 tickets were not answered or solved in time.
func BenchmarkJudge1000(b *testing.B) {
	const n = 100_000
	o := openOffice(b, b.TempDir(), source("zen", "acme", desk.KindTicket))
	defer func() { o.close() }()
	d := underSLA()
	policy := &d.SLAPolicies[0]
	policy.Match, policy.Targets = nil, [4]time.Duration{desk.TargetFirstResponse: time.Hour, desk.TargetResolution: time.Hour + n/1000*time.Minute}
	o.redefine(d)
	o.reopen(monday)
	o.fill(n, func(i int) *desk.Ticket {
		t := waitingTicket(i)
		t.CreatedAt = monday.Add(time.Duration(i/1000)*time.Minute - time.Hour + time.Second)
		t.UpdatedAt, t.Messages, t.StatusChanges = t.CreatedAt, nil, nil
		return t
	})
	for round := 1; b.Loop(); round++ {
		if round > 2*n/1000 {
			b.Fatal("there are no promises left: take fewer rounds")
		}
		now := monday.Add(time.Duration(round) * time.Minute)
		o.commit("zen", desk.Page{AsOf: now}, now)
	}
}
