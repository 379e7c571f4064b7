// Package rttest plays a Request Tracker 5 over its REST 2.0, for tests: one
// that goes on while it is read, hides what the real one hides, and has its
// quirks.
package rttest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"helpdesk_exporter/sources/sourcestest"
)

// Options says how a desk is.
type Options struct {
	Now   func() time.Time
	Token string // that it takes
	// Version is that of the server. From 5.0.6 on it shows the last page again
	// behind the last one.
	Version string
	// HiddenQueues are the names of those that the poller may not see.
	HiddenQueues []string
	// Plain leaves out what is not documented: it tells no more of users than
	// their login, and finds no transactions by ticket or queue.
	Plain bool
	// Loose takes conditions that it does not know for fulfilled.
	Loose bool
	// NoTotals lets searches for tickets have no totals.
	NoTotals bool
}

// The users whom every desk has.
var (
	system = &user{id: 1, login: "RT_System"}
	nobody = &user{id: 6, login: "Nobody"}
)

// The custom fields of tickets.
const (
	csatField    = "3"
	channelField = "2"
)

// lifecycle is the statuses of all queues, true those that are finished.
var lifecycle = map[string]bool{
	"new": false, "open": false, "stalled": false, "waiting": false, "parked": false,
	"resolved": true, "rejected": true, "deleted": true, "abandoned": true,
}

type user struct {
	id         int64
	login      string
	privileged bool
}

type queue struct {
	id   int64
	name string
}

type ticket struct {
	id, effective              int64
	status                     string
	queue                      *queue
	owner, creator, requestor  *user
	created, updated, resolved time.Time
	priority, worked           int
	channel, csat              string
	log                        []*transaction
}

type transaction struct {
	id              int64
	ticket          *ticket
	kind            string
	field, old, new string
	created         time.Time
	creator         *user
}

// Desk is a Request Tracker.
type Desk struct {
	options Options

	mu      sync.Mutex       // guards all below
	users   map[string]*user // by their logins, and by their ids
	queues  []*queue
	tickets []*ticket // in order of their ids
	byID    map[int64]*ticket
	log     []*transaction
	plan    []step // what is still to happen
	late    map[int64]bool
	odd     map[int64]func(map[string]any)
	sorted  []*ticket // by their last change; nil: to be sorted
	asked   map[string]int
}

// step is something that happens at a time.
type step struct {
	at time.Time
	do func()
}

// New returns a desk that lives the life of a world; nil is a desk where nothing
// happens by itself. Its first queue is General.
func New(w *sourcestest.World, o Options) *Desk {
	d := &Desk{
		options: o, users: map[string]*user{}, byID: map[int64]*ticket{},
		late: map[int64]bool{}, odd: map[int64]func(map[string]any){}, asked: map[string]int{},
	}
	d.queues = append(d.queues, &queue{id: 1, name: "General"})
	if w != nil {
		d.live(w)
	}
	return d
}

// live plans the life of a world.
func (d *Desk) live(w *sourcestest.World) {
	for _, g := range w.Groups {
		d.queues = append(d.queues, &queue{id: 1000 + g.ID, name: g.Name})
	}
	agents := map[int64]*user{0: nobody}
	for _, a := range w.Agents {
		agents[a.ID] = d.user(a.Login, true)
	}
	for _, t := range w.Tickets {
		customer := fmt.Sprintf("cust%d@customer.test", t.Requester)
		d.plan = append(d.plan, step{t.CreatedAt, func() {
			by, status, owner := d.user(customer, false), "new", nobody
			if t.ByAgent {
				by, status, owner = agents[t.Agent], "open", agents[t.Agent]
			}
			made := d.open(t.ID, t.CreatedAt, d.group(t.Group), by, d.user(customer, false))
			made.status, made.owner, made.priority, made.channel = status, owner, levels[t.Priority], t.Channel
		}})
		for _, e := range t.Events {
			d.plan = append(d.plan, step{e.At, func() { d.happen(d.byID[t.ID], agents, e) }})
		}
	}
	slices.SortStableFunc(d.plan, func(x, y step) int { return x.at.Compare(y.at) })
}

// levels are the numbers of the priorities.
var levels = map[string]int{"low": 0, "normal": 50, "high": 100, "urgent": 200}

// happen lets an event of a world happen.
func (d *Desk) happen(t *ticket, agents map[int64]*user, e sourcestest.Event) {
	by := agents[e.Agent]
	switch e.What {
	case sourcestest.CustomerReply, sourcestest.Reopen:
		d.correspond(t, e.At, t.requestor)
	case sourcestest.AgentReply:
		d.correspond(t, e.At, by)
	case sourcestest.Note:
		d.note(t, e.At, "Comment", "", "", "", by)
	case sourcestest.Pend:
		d.turn(t, e.At, "stalled", by)
	case sourcestest.Hold:
		d.turn(t, e.At, "waiting", by)
	case sourcestest.Open:
		d.turn(t, e.At, "open", by)
	case sourcestest.Solve:
		d.turn(t, e.At, "resolved", by)
	case sourcestest.Assign:
		if to := d.group(e.Group); to != t.queue {
			d.move(t, e.At, to, by)
		}
		if by != t.owner {
			d.note(t, e.At, "Set", "Owner", strconv.FormatInt(t.owner.id, 10), strconv.FormatInt(by.id, 10), by)
			t.owner = by
		}
		if by != nobody && t.status == "new" {
			d.turn(t, e.At, "open", system)
		}
	case sourcestest.Prioritise:
		d.note(t, e.At, "Set", "Priority", strconv.Itoa(t.priority), strconv.Itoa(levels[e.Priority]), by)
		t.priority = levels[e.Priority]
	case sourcestest.Delete:
		d.turn(t, e.At, "deleted", by)
	case sourcestest.Spam:
		d.turn(t, e.At, "rejected", by)
	case sourcestest.Merge:
		d.merge(t, d.byID[e.Into], e.At, by)
	case sourcestest.Rate, sourcestest.Rerate:
		d.rate(t, e.At, strconv.Itoa(e.Score))
	}
}

// group returns the queue of a group of a world.
func (d *Desk) group(id int64) *queue {
	for _, q := range d.queues {
		if q.id == 1000+id {
			return q
		}
	}
	return d.queues[0]
}

func (d *Desk) named(name string) *queue {
	return d.queues[slices.IndexFunc(d.queues, func(q *queue) bool { return q.name == name })]
}

// user returns a user, made where there is none of the login.
func (d *Desk) user(login string, privileged bool) *user {
	u := d.users[login]
	if u == nil {
		u = &user{id: int64(len(d.users)) + 20, login: login, privileged: privileged}
		d.users[login], d.users[strconv.FormatInt(u.id, 10)] = u, u
	}
	return u
}

// catchUp lets happen what is due.
func (d *Desk) catchUp() {
	now := d.options.Now()
	for len(d.plan) > 0 && !d.plan[0].at.After(now) {
		d.plan[0].do()
		d.plan = d.plan[1:]
	}
}

func (d *Desk) open(id int64, at time.Time, q *queue, by, requestor *user) *ticket {
	t := &ticket{id: id, effective: id, status: "new", queue: q, owner: nobody, creator: by, requestor: requestor, created: at}
	i, _ := slices.BinarySearchFunc(d.tickets, id, func(t *ticket, id int64) int { return cmp.Compare(t.id, id) })
	d.tickets = slices.Insert(d.tickets, i, t)
	d.byID[id] = t
	d.note(t, at, "Create", "", "", "", by)
	d.note(t, at, "EmailRecord", "", "", "", system)
	return t
}

// note writes into the log.
func (d *Desk) note(t *ticket, at time.Time, kind, field, before, after string, by *user) *transaction {
	n := &transaction{id: int64(len(d.log)) + 1, ticket: t, kind: kind, field: field, old: before, new: after, created: at, creator: by}
	d.log = append(d.log, n)
	t.log = append(t.log, n)
	t.updated, d.sorted = at, nil
	return n
}

// correspond adds a public message. The scrips open a new ticket that an agent
// answers, and any other that the customer comes back to.
func (d *Desk) correspond(t *ticket, at time.Time, by *user) {
	d.note(t, at, "Correspond", "", "", "", by)
	d.note(t, at, "EmailRecord", "", "", "", system)
	if by.privileged == (t.status == "new") {
		d.turn(t, at, "open", system)
	}
}

func (d *Desk) turn(t *ticket, at time.Time, status string, by *user) {
	if status == t.status {
		return
	}
	d.note(t, at, "Status", "Status", t.status, status, by)
	if lifecycle[status] && !lifecycle[t.status] {
		t.resolved = at
	}
	t.status = status
}

func (d *Desk) move(t *ticket, at time.Time, to *queue, by *user) {
	d.note(t, at, "Set", "Queue", strconv.FormatInt(t.queue.id, 10), strconv.FormatInt(to.id, 10), by)
	t.queue = to
}

func (d *Desk) merge(t, into *ticket, at time.Time, by *user) {
	link := fmt.Sprintf("fsck.com-rt://example.test/ticket/%d", into.id)
	d.note(t, at, "AddLink", "MergedInto", "", link, by)
	d.note(into, at, "AddLink", "MergedInto", "", link, by)
	t.status, t.effective = "resolved", into.id
}

func (d *Desk) rate(t *ticket, at time.Time, score string) {
	d.note(t, at, "CustomField", csatField, t.csat, score, t.requestor)
	t.csat = score
}

// act lets something happen now.
func (d *Desk) act(do func(now time.Time)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.catchUp()
	do(d.options.Now().UTC().Truncate(time.Second))
}

// Hire makes an agent, by login.
func (d *Desk) Hire(login string) {
	d.act(func(time.Time) { d.user(login, true) })
}

// Queue makes a queue.
func (d *Desk) Queue(name string) {
	d.act(func(time.Time) { d.queues = append(d.queues, &queue{id: int64(len(d.queues)) + 1, name: name}) })
}

// Open makes a ticket, at any time, and returns its id. Whoever is no agent is a
// customer.
func (d *Desk) Open(at time.Time, queueName, by, requestor string) int64 {
	id := int64(1)
	d.act(func(time.Time) {
		if n := len(d.tickets); n > 0 {
			id = d.tickets[n-1].id + 1
		}
		d.open(id, at, d.named(queueName), d.user(by, false), d.user(requestor, false))
	})
	return id
}

// Write adds a public message.
func (d *Desk) Write(id int64, at time.Time, by string) {
	d.act(func(time.Time) { d.correspond(d.byID[id], at, d.user(by, false)) })
}

// Turn changes the status.
func (d *Desk) Turn(id int64, at time.Time, status, by string) {
	d.act(func(time.Time) { d.turn(d.byID[id], at, status, d.user(by, false)) })
}

// Own gives a ticket to an agent.
func (d *Desk) Own(id int64, at time.Time, by string) {
	d.act(func(time.Time) {
		t := d.byID[id]
		d.note(t, at, "Set", "Owner", "6", "7", d.user(by, false))
		t.owner = d.user(by, false)
	})
}

// Move puts a ticket into another queue.
func (d *Desk) Move(id int64, at time.Time, queueName, by string) {
	d.act(func(time.Time) { d.move(d.byID[id], at, d.named(queueName), d.user(by, false)) })
}

// Work notes minutes of work.
func (d *Desk) Work(id int64, at time.Time, minutes int) {
	d.act(func(time.Time) {
		t := d.byID[id]
		d.note(t, at, "Comment", "", "", "", t.owner)
		t.worked += minutes
	})
}

// Merge makes a ticket part of another one.
func (d *Desk) Merge(id, into int64, at time.Time, by string) {
	d.act(func(time.Time) { d.merge(d.byID[id], d.byID[into], at, d.user(by, false)) })
}

// Rate puts a rating into the custom field for it.
func (d *Desk) Rate(id int64, at time.Time, score string) {
	d.act(func(time.Time) { d.rate(d.byID[id], at, score) })
}

// Delay hides the newest transaction that the poller sees: it is not committed
// yet. What it returns
// commits it.
func (d *Desk) Delay() (commit func()) {
	var id int64
	d.act(func(time.Time) {
		for i := len(d.log) - 1; id == 0; i-- {
			if d.sees(d.log[i]) {
				id = d.log[i].id
			}
		}
		d.late[id] = true
	})
	return func() { d.act(func(time.Time) { delete(d.late, id) }) }
}

// Spoil lets the desk tell a ticket otherwise than documented.
func (d *Desk) Spoil(id int64, how func(item map[string]any)) {
	d.act(func(time.Time) { d.odd[id] = how })
}

// Asked returns how many requests were made, by the first two parts of the path.
func (d *Desk) Asked() map[string]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	asked := d.asked
	d.asked = map[string]int{}
	return asked
}

// seesQueue reports whether the poller may see a queue.
func (d *Desk) seesQueue(q *queue) bool { return !slices.Contains(d.options.HiddenQueues, q.name) }

// sees reports whether the poller may see a transaction.
func (d *Desk) sees(n *transaction) bool {
	return d.seesQueue(n.ticket.queue) && n.kind != "EmailRecord"
}

// modern reports whether the desk shows the last page again behind it.
func (d *Desk) modern() bool { return strings.Compare(d.options.Version, "5.0.6") >= 0 }
