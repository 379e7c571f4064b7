package book_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// vow is a promise, in the eyes of those who walk the minutes.
type vow struct {
	policy, target string
	kind           string // what is told apart by the counters
	due, kept      time.Time
	outcome        string // met, breached, running; empty: none
	replaced       bool
}

// oath is what a vow is made of: from when something is to be done, and when it
// was done or the ticket ended without it.
type oath struct {
	target            desk.Target
	from, kept, ended time.Time
	over              bool
}

// naiveSLA is one ticket, as its states tell.
type naiveSLA struct {
	h        history
	t        desk.Ticket // with all messages
	policies []kpi.SLAPolicy
	steps    []step
}

func (n *naiveSLA) statusAt(at time.Time) desk.Status {
	status := desk.StatusNew
	for _, s := range n.steps {
		if !s.at.After(at) {
			status = s.status
		}
	}
	return status
}

// matching is the first policy that fits; only the priority ever changes.
func (n *naiveSLA) matching(priority string) *kpi.SLAPolicy {
	values := n.h.labels(n.h.firstSight(), "team")
	values["priority"] = cmp.Or(priority, "none")
	for i, p := range n.policies {
		fits := true
		for dim, wanted := range p.Match {
			fits = fits && slices.Contains(wanted, values[dim])
		}
		if fits {
			return &n.policies[i]
		}
	}
	return nil
}

// policyAt is the policy of a ticket in a minute; false: it never had one.
func (n *naiveSLA) policyAt(at time.Time) (*kpi.SLAPolicy, bool) {
	first := n.h.firstSight()
	priority := n.h.named(first, "priority")
	p := n.matching(priority)
	if p == nil {
		return nil, false
	}
	again := len(p.Rematch) > 0
	for i := first; i < len(n.h); i++ {
		state := n.h.ticketAt(i)
		if state.UpdatedAt.After(at) || state.Priority == "" || state.Priority == priority {
			continue
		}
		priority = state.Priority
		if !again {
			continue
		}
		if p = n.matching(priority); p != nil {
			again = len(p.Rematch) > 0
		}
	}
	return p, true
}

// ran counts the minutes that a policy's clock ran.
func (n *naiveSLA) ran(p *kpi.SLAPolicy, from, to time.Time) (ran time.Duration) {
	for ; from.Before(to); from = from.Add(time.Minute) {
		if s := n.statusAt(from); s.Open() && !slices.Contains(p.PauseOn, s) {
			ran += time.Minute
		}
	}
	return ran
}

// walk goes from minute to minute until an oath is decided, or longer than any
// clock runs.
func (n *naiveSLA) walk(o oath) (vow, bool) {
	v := vow{target: o.target.String(), kind: "own " + o.target.String(), kept: o.kept}
	p, ok := n.policyAt(o.from)
	if !ok {
		return v, false
	}
	var ran time.Duration
	for at, end := o.from, monday.Add(day/2); at.Before(end); at = at.Add(time.Minute) {
		if !v.due.IsZero() || !o.kept.IsZero() && o.kept.Before(at) || o.over && o.kept.IsZero() && !o.ended.After(at) {
			break // decided in the minute before
		}
		if now, _ := n.policyAt(at); now != p {
			if p = now; p != nil {
				ran = n.ran(p, o.from, at)
			}
		}
		if p == nil {
			continue
		}
		if target := p.Targets[o.target]; target > 0 && ran >= target {
			v.due = at
		}
		if s := n.statusAt(at); s.Open() && !slices.Contains(p.PauseOn, s) {
			ran += time.Minute
		}
	}
	if p == nil || p.Targets[o.target] == 0 {
		return v, false
	}
	v.policy = p.Name
	v.decide(o)
	return v, true
}

// decide says what became of a vow, which is kept in its last minute.
func (v *vow) decide(o oath) {
	switch {
	case !o.kept.IsZero() && !v.due.IsZero() && o.kept.After(v.due):
		v.outcome = "breached"
	case !o.kept.IsZero():
		v.outcome = "met"
	case o.over && !v.due.IsZero() && o.ended.After(v.due):
		v.outcome = "breached"
	case !o.over:
		v.outcome = "running"
	}
}

// lives are the times from opening to end of a ticket: none but the last is
// without one. What was withdrawn for a while was open for all that.
func (n *naiveSLA) lives() (from, to []time.Time) {
	from, to = []time.Time{n.t.CreatedAt}, []time.Time{{}}
	for _, s := range n.steps {
		last := len(to) - 1
		switch {
		case s.status.Finished() && to[last].IsZero():
			to[last] = s.at
		case s.status.Open() && !to[last].IsZero():
			from, to = append(from, s.at), append(to, time.Time{})
		}
	}
	return from, to
}

// vows are all promises of a ticket, in the order in which they were made.
func (t *truth) vows(h history, policies []kpi.SLAPolicy) []vow {
	n := &naiveSLA{h: h, t: t.told(h), policies: policies, steps: h.steps()}
	if all := n.ofDesk(); all != nil {
		return all
	}
	from, to := n.lives()
	var ended time.Time
	over := n.t.Status.Finished()
	if over {
		ended = to[len(to)-1]
	}
	var all []vow
	swear := func(o oath) {
		if o.over, o.ended = over, ended; over && o.from.After(ended) && o.kept.IsZero() {
			return // after the end
		}
		if v, ok := n.walk(o); ok {
			all = append(all, v)
		}
	}
	first := answeredAt(n.t)
	if asked := askedAt(n.t); !asked.IsZero() && !(over && asked.After(ended)) {
		swear(oath{target: desk.TargetFirstResponse, from: asked, kept: first})
	}
	n.conversation(first, swear)
	return append(all, n.ends(from, to)...)
}

// reopening is the way of the policy in whose time the first solve was.
func (n *naiveSLA) reopening(solved time.Time) kpi.Reopen {
	reopen := kpi.ReopenRestarts
	for at := n.t.CreatedAt; at.Before(monday.Add(day/2)) && (solved.IsZero() || !at.After(solved)); at = at.Add(time.Minute) {
		if p, _ := n.policyAt(at); p != nil && p.Reopen != "" {
			reopen = p.Reopen
		}
	}
	return reopen
}

// ends are the promises of an end of each life.
func (n *naiveSLA) ends(from, to []time.Time) []vow {
	reopen := n.reopening(to[0])
	var all []vow
	for i := range from {
		o := oath{target: desk.TargetResolution, from: from[i], kept: to[i]}
		if reopen == kpi.ReopenResumes {
			o.from = from[0]
		}
		v, ok := n.walk(o)
		if !ok || reopen == kpi.ReopenIgnored && i > 0 {
			continue
		}
		if last := len(all) - 1; reopen == kpi.ReopenResumes && last >= 0 {
			if all[last].outcome == "breached" {
				break
			}
			all[last].replaced = true
		}
		all = append(all, v)
	}
	return all
}

// conversation finds the runs of customer messages after the first answer, and
// the times from answer to answer.
func (n *naiveSLA) conversation(first time.Time, swear func(oath)) {
	if first.IsZero() {
		return
	}
	var updates []oath
	asked, said := time.Time{}, first
	for _, m := range n.t.Messages {
		switch {
		case !m.Public || !m.At.After(first):
		case m.Author == desk.RoleCustomer && asked.IsZero():
			asked = m.At
			if n.t.Status.Finished() {
				if _, to := n.lives(); m.At.After(to[len(to)-1]) {
					asked = time.Time{}
				}
			}
		case m.Author == desk.RoleAgent:
			if !asked.IsZero() {
				swear(oath{target: desk.TargetNextResponse, from: asked, kept: m.At})
				asked = time.Time{}
			}
			updates = append(updates, oath{target: desk.TargetUpdate, from: said, kept: m.At})
			said = m.At
		}
	}
	if !asked.IsZero() {
		swear(oath{target: desk.TargetNextResponse, from: asked})
	}
	for _, o := range append(updates, oath{target: desk.TargetUpdate, from: said}) {
		swear(o)
	}
}

// ofDesk are the promises that the desk itself tells of, nil where it does not.
func (n *naiveSLA) ofDesk() []vow {
	var all []vow
	told := false
	from, to := n.lives()
	over, ended := n.t.Status.Finished(), to[len(to)-1]
	promise := func(target desk.Target, due time.Time, o oath) vow {
		v := vow{policy: "source", target: target.String(), kind: "desk's " + target.String(), due: due, kept: o.kept}
		v.decide(o)
		all = append(all, v)
		return v
	}
	if due := n.t.FirstResponseDueAt; !due.IsZero() {
		told = true
		promise(desk.TargetFirstResponse, due, oath{kept: answeredAt(n.t), over: over, ended: ended})
	}
	for i := 0; i < len(n.h); i++ {
		due := n.h.ticketAt(i).NextResponseDueAt
		if due.IsZero() {
			continue
		}
		told = true
		began := n.h.ticketAt(i).UpdatedAt
		for i+1 < len(n.h) && n.h.ticketAt(i+1).NextResponseDueAt.Equal(due) {
			i++
		}
		o := oath{over: over, ended: ended}
		until := monday.Add(day / 2)
		if i+1 < len(n.h) {
			next := n.h.ticketAt(i + 1)
			until = next.UpdatedAt
			o.over, o.ended = true, until
			if len(n.t.Messages) == 0 && next.NextResponseDueAt.IsZero() && next.Status.Open() {
				o.kept = until
			}
		}
		for _, m := range slices.Backward(n.t.Messages) {
			if m.Public && m.Author == desk.RoleAgent && m.At.After(began) && !m.At.After(until) {
				o.kept = m.At
			}
		}
		promise(desk.TargetNextResponse, due, o)
	}
	if due := n.t.ResolutionDueAt; !due.IsZero() {
		told = true
		for i := range from {
			if v := promise(desk.TargetResolution, due, oath{kept: to[i]}); v.outcome == "breached" {
				break
			}
			if i+1 < len(from) {
				all[len(all)-1].replaced = true
			}
		}
	}
	if !told {
		return nil
	}
	return append([]vow{{}}, all...)
}

// slaFigures recomputes the windows that end at an instant and the stocks of
// another, at the level of all together and by team.
func (t *truth) slaFigures(policies []kpi.SLAPolicy, end, now time.Time) map[string]float64 {
	series := map[string]float64{}
	for _, h := range t.tickets {
		if h.withdrawn() {
			continue
		}
		open := h.ticket().Status.Open()
		for _, v := range t.vows(h, policies) {
			promise := fmt.Sprintf("policy=%q,target=%q", v.policy, v.target)
			if v.outcome == "running" && open {
				t.slaStocks(h, v, end, now, series)
			}
			at, value, state := v.due, 0.0, h.stateThen(v.due)
			if v.outcome == "met" {
				at, value, state = v.kept, 1.0, h.stateAt(v.kept)
				if v.target == "first_response" {
					state = h.answerState(v.kept)
				}
			}
			if v.outcome == "" || v.outcome == "running" && (!open || at.IsZero()) || v.replaced {
				continue
			}
			for _, w := range definitions().Windows {
				if !inWindow(at, end, w.Length) {
					continue
				}
				for _, by := range []string{`by="all",` + promise, fmt.Sprintf(`by="team",%s,team=%q`, promise, h.labels(state, "team")["team"])} {
					met := fmt.Sprintf(`helpdesk_sla_outcomes_in_window{desk="acme",%s,window=%q,outcome="met"}`, by, w.Name)
					series[met] += value
					series[strings.Replace(met, `"met"`, `"breached"`, 1)] += 1 - value
				}
			}
		}
	}
	for met, n := range series {
		if strings.HasSuffix(met, `outcome="met"}`) {
			of := n + series[strings.Replace(met, `"met"`, `"breached"`, 1)]
			ratio := strings.Replace(strings.TrimSuffix(met, `,outcome="met"}`)+"}", "outcomes_in_window", "attainment_ratio", 1)
			series[ratio] = n / of
		}
	}
	return series
}

// slaStocks adds a promise that is still to be kept.
func (t *truth) slaStocks(h history, v vow, end, now time.Time, series map[string]float64) {
	own := h.labels(len(h)-1, "channel", "priority", "team")
	labels := fmt.Sprintf("policy=%q,target=%q,channel=%q,priority=%q,team=%q", v.policy, v.target, own["channel"], own["priority"], own["team"])
	add := func(name, extra string, holds bool) {
		if holds {
			series[fmt.Sprintf(`helpdesk_sla_%s{desk="acme",%s%s}`, name, labels, extra)]++
		}
	}
	add("pending", "", v.due.IsZero() || v.due.After(end))
	if v.due.IsZero() {
		return
	}
	add("overdue", "", v.due.Before(now))
	for name, within := range map[string]time.Duration{"15m": 15 * time.Minute, "1h": time.Hour, "4h": 4 * time.Hour} {
		add("at_risk", fmt.Sprintf(",within=%q", name), !v.due.Before(now) && !v.due.After(now.Add(within)))
	}
	if v.due.Before(now) {
		return
	}
	for _, by := range []string{"all", "team"} {
		next := fmt.Sprintf(`helpdesk_sla_next_due_timestamp_seconds{desk="acme",by=%q,policy=%q,target=%q`, by, v.policy, v.target)
		if by == "team" {
			next += fmt.Sprintf(",team=%q", own["team"])
		}
		if was, ok := series[next+"}"]; !ok || float64(v.due.Unix()) < was {
			series[next+"}"] = float64(v.due.Unix())
		}
	}
}

// slaDifferences compares figures with what a book shows, where 0 and nothing
// are the same.
func slaDifferences(want map[string]float64, got *exposition) []string {
	all := maps.Clone(want)
	for series, v := range got.values {
		other := strings.Contains(series, `by="channel"`) || strings.Contains(series, `by="priority"`)
		if strings.HasPrefix(series, "helpdesk_sla_") && !other {
			all[series] = v
		}
	}
	var wrong []string
	for series := range all {
		if math.Abs(want[series]-got.values[series]) > 1e-9 {
			wrong = append(wrong, fmt.Sprintf("%s: walking the minutes %v, shown %v", series, want[series], got.values[series]))
		}
	}
	return wrong
}

// slaEnd is how far all sources have been read.
func slaEnd(rounds []round) time.Time {
	var zen, log time.Time
	for _, r := range rounds {
		zen, log = latest(zen, r.asOf["zen"]), latest(log, r.asOf["log"])
	}
	return earliest(zen, log)
}

func earliest(x, y time.Time) time.Time {
	if x.Before(y) {
		return x
	}
	return y
}

func latest(x, y time.Time) time.Time {
	if x.After(y) {
		return x
	}
	return y
}

func TestPromisesEqualThoseOfTheMinutesWalked(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := dice{T: t}
		policies := d.policies()
		rounds := d.slaRounds(d.slaWorld(), 3)
		o := openPromising(t, "", policies, slaSources()...)
		for i, r := range rounds {
			o.deliverPages(d, rounds[:i], r, d.chance(50))
			known := truthOf(rounds[:i+1])
			for _, now := range []time.Time{r.now, r.now.Add(d.minutes(0, 59)), r.now.Add(time.Second)} {
				end := slaEnd(rounds[:i+1])
				if wrong := slaDifferences(known.slaFigures(policies, end, now), o.read(now)); len(wrong) > 0 {
					t.Fatalf("round %d, at %v: %s%+v\n%s", i, now, sorted(wrong), policies, story(rounds[:i+1]))
				}
			}
		}
	})
}
