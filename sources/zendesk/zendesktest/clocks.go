package zendesktest

import (
	"math"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources/sourcestest"
)

// The metrics of a ticket.
const (
	replyTime          = "reply_time"
	requesterWaitTime  = "requester_wait_time"
	agentWorkTime      = "agent_work_time"
	resolutionTime     = "resolution_time"
	periodicUpdateTime = "periodic_update_time"
	pausableUpdateTime = "pausable_update_time"
	groupOwnershipTime = "group_ownership_time"
)

// metrics lists them in the order in which events of one instant come.
var metrics = []string{
	replyTime, requesterWaitTime, agentWorkTime, resolutionTime, periodicUpdateTime, pausableUpdateTime, groupOwnershipTime,
}

// event is one of the ticket metric events.
type event struct {
	ticket   int32 // of the world's
	instance int32
	metric   string
	kind     string
	at       int64
	target   *Target // of apply_sla: none if nothing is promised any more
	// Of update_status, in minutes.
	calendar, business int64
	deletedAt          int64 // 0: never
}

// run is one instance of a metric.
type run struct {
	metric    string
	instance  int32
	stretches [][2]int64 // in which it ran
	since     int64      // it runs since; 0 while it does not
	over      bool       // fulfilled
	promise   *Target
	breach    *event
}

// meter makes the metric events of a ticket's life out of it.
type meter struct {
	d      *Desk
	ticket int32
	t      *sourcestest.Ticket
	state  sourcestest.State
	now    int64 // when what is being looked at happens
	runs   map[string]*run
	tell   func(at int64, e *event)
}

// measure tells all metric events that there will ever be of a ticket: what
// nobody does anything about is breached in the end.
func (d *Desk) measure(ticket int, tell func(at int64, e *event)) {
	t := d.world.Tickets[ticket]
	m := &meter{d: d, ticket: int32(ticket), t: t, now: t.CreatedAt.Unix(), runs: map[string]*run{}, tell: tell}
	m.state = d.world.At(t, t.CreatedAt)
	m.begin()
	for _, e := range t.Events {
		m.breachUntil(e.At.Unix())
		before := m.state
		m.now, m.state = e.At.Unix(), d.world.At(t, e.At)
		m.happen(e, before)
	}
	m.breachUntil(math.MaxInt64)
}

// begin starts what runs from the creation on.
func (m *meter) begin() {
	for _, metric := range metrics {
		m.add(&event{metric: metric, kind: "measure"})
	}
	if m.t.ByAgent {
		m.start(periodicUpdateTime)
		m.start(pausableUpdateTime)
	} else {
		m.start(replyTime)
	}
	m.start(requesterWaitTime)
	m.start(agentWorkTime)
	m.start(resolutionTime)
	if m.t.Group != 0 {
		m.start(groupOwnershipTime)
	}
}

// happen lets an event have its effect.
func (m *meter) happen(e sourcestest.Event, before sourcestest.State) {
	switch e.What {
	case sourcestest.CustomerReply, sourcestest.Reopen:
		if r := m.runs[replyTime]; r == nil || r.over {
			m.start(replyTime)
		}
	case sourcestest.AgentReply:
		m.answer()
	case sourcestest.Assign:
		if e.Group != before.Group {
			m.fulfill(groupOwnershipTime)
			m.start(groupOwnershipTime)
		}
	case sourcestest.Prioritise:
		m.reapply()
	}
	if before.Status != m.state.Status {
		m.turn(before.Status)
	}
}

// answer is a public comment of an agent. From then on the time to the next one
// is measured, unless the ticket is done with.
func (m *meter) answer() {
	m.fulfill(replyTime)
	for _, metric := range []string{periodicUpdateTime, pausableUpdateTime} {
		m.fulfill(metric)
		if !m.state.Status.Finished() {
			m.start(metric)
		}
	}
	if m.state.Status == desk.StatusPending {
		m.pause(pausableUpdateTime)
	}
}

// turn is a change of the status.
func (m *meter) turn(from desk.Status) {
	switch to := m.state.Status; {
	case to == desk.StatusDeleted, to == desk.StatusSpam:
		clear(m.runs) // nothing is measured any more, and nothing breached
	case to == desk.StatusMerged, to == desk.StatusSolved:
		m.solve()
	case to == desk.StatusClosed:
	default:
		if from.Finished() {
			m.reopen()
		}
		m.wait(to)
	}
}

func (m *meter) solve() {
	for _, metric := range metrics {
		if metric != groupOwnershipTime && (metric != replyTime || m.d.o.SolvesAnswer) {
			m.fulfill(metric)
		}
	}
}

// reopen lets go on what a solve had fulfilled.
func (m *meter) reopen() {
	for _, metric := range []string{requesterWaitTime, agentWorkTime, resolutionTime} {
		if m.d.o.NewRuns {
			m.start(metric)
			continue
		}
		r := m.runs[metric]
		r.over = false
		m.goOn(metric)
		m.hold(r)
	}
}

// wait pauses what does not run in a status, and lets go on what does.
func (m *meter) wait(status desk.Status) {
	pauses := map[string]bool{
		requesterWaitTime:  status == desk.StatusPending,
		pausableUpdateTime: status == desk.StatusPending,
		agentWorkTime:      status == desk.StatusPending || status == desk.StatusOnHold,
	}
	for _, metric := range metrics {
		switch paused, pausable := pauses[metric]; {
		case paused:
			m.pause(metric)
		case pausable:
			m.goOn(metric)
		}
	}
}

// add tells an event of now, and which.
func (m *meter) add(e *event) *event {
	e.ticket, e.at = m.ticket, m.now
	m.tell(m.now, e)
	return e
}

// of begins an event of a run.
func (r *run) of(kind string) *event {
	return &event{metric: r.metric, instance: r.instance, kind: kind}
}

// start begins the next instance of a metric.
func (m *meter) start(metric string) {
	r := &run{metric: metric, instance: 1, since: m.now}
	if last := m.runs[metric]; last != nil {
		r.instance = last.instance + 1
	}
	m.runs[metric] = r
	m.add(r.of("activate"))
	if r.promise = m.d.o.SLA.target(r, m.state.Priority); r.promise != nil {
		m.promise(r)
	}
}

// promise tells what a run is held to.
func (m *meter) promise(r *run) {
	e := r.of("apply_sla")
	e.target = r.promise
	m.add(e)
}

func (m *meter) pause(metric string) {
	r := m.runs[metric]
	if r == nil || r.over || r.since == 0 {
		return
	}
	r.stop(m.now)
	m.add(r.of("pause"))
}

func (m *meter) goOn(metric string) {
	r := m.runs[metric]
	if r == nil || r.over || r.since != 0 {
		return
	}
	r.since = m.now
	m.add(r.of("activate"))
}

func (m *meter) fulfill(metric string) {
	r := m.runs[metric]
	if r == nil || r.over {
		return
	}
	r.stop(m.now)
	r.over = true
	m.add(r.of("fulfill"))
	m.status(r)
}

// status tells how long a run has taken so far.
func (m *meter) status(r *run) {
	e := r.of("update_status")
	e.calendar, e.business = r.passed(nil, m.now)/60, r.passed(m.d.hours, m.now)/60
	m.add(e)
}

// reapply puts what goes on under the targets of another priority.
func (m *meter) reapply() {
	for _, metric := range metrics {
		if r := m.runs[metric]; r != nil && !r.over {
			m.hold(r)
		}
	}
}

// hold puts a run under the target of today. A breach that is none by a new
// target is deleted.
func (m *meter) hold(r *run) {
	target := m.d.o.SLA.target(r, m.state.Priority)
	if target == r.promise {
		return
	}
	r.promise = target
	m.promise(r)
	if r.breach != nil && r.due(m.d.hours) >= m.now {
		r.breach.deletedAt = m.now
		m.tell(m.now, r.breach)
		r.breach = nil
	}
}

// breachUntil breaches what has run for too long before a second. What was put
// under a target that had passed already is breached at the time of then.
func (m *meter) breachUntil(to int64) {
	changed := m.now
	for _, metric := range metrics {
		r := m.runs[metric]
		if r == nil || r.over || r.breach != nil {
			continue
		}
		due := r.due(m.d.hours)
		if due >= to {
			continue
		}
		m.now = max(changed, due)
		r.breach = r.of("breach")
		r.breach.ticket, r.breach.at = m.ticket, due
		m.tell(m.now, r.breach)
		m.status(r)
	}
}

func (r *run) stop(at int64) {
	if r.since != 0 {
		r.stretches = append(r.stretches, [2]int64{r.since, at})
		r.since = 0
	}
}

// passed returns how many seconds a run has taken, of office hours if there are
// any.
func (r *run) passed(h hours, now int64) int64 {
	stretches := r.stretches
	if r.since != 0 {
		stretches = append(stretches[:len(stretches):len(stretches)], [2]int64{r.since, now})
	}
	var sum int64
	for _, s := range stretches {
		sum += h.length(s)
	}
	return sum
}

// length returns how long a stretch is; without hours all of it counts.
func (h hours) length(stretch [2]int64) int64 {
	if h == nil {
		return stretch[1] - stretch[0]
	}
	return h.between(stretch[0], stretch[1])
}

// due returns when a run has taken, or will, as long as is promised.
func (r *run) due(h hours) int64 {
	if r.promise == nil {
		return math.MaxInt64
	}
	if !r.promise.Business {
		h = nil
	}
	left := int64(r.promise.Minutes) * int64(time.Minute/time.Second)
	for _, s := range r.stretches {
		length := h.length(s)
		if length >= left {
			return h.after(s[0], left)
		}
		left -= length
	}
	if r.since == 0 {
		return math.MaxInt64
	}
	return h.after(r.since, left)
}

func (h hours) after(from, seconds int64) int64 {
	if h == nil {
		return from + seconds
	}
	return h.add(from, seconds)
}

// target returns what a policy promises a run.
func (p *Policy) target(r *run, priority string) *Target {
	metric := r.metric
	switch {
	case metric == replyTime && r.instance == 1:
		metric = "first_reply_time"
	case metric == replyTime:
		metric = "next_reply_time"
	case metric == resolutionTime:
		metric = "total_resolution_time"
	}
	for i := range p.Targets {
		if t := &p.Targets[i]; t.Metric == metric && t.Priority == priority {
			return t
		}
	}
	return nil
}
