package zendesk

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"time"

	"helpdesk_exporter/desk"
)

const eventsPath = "/incremental/ticket_metric_events"

// metricEvent is one thing that happened to a clock of a ticket.
type metricEvent struct {
	ID       ident  `json:"id"`
	Ticket   ident  `json:"ticket_id"`
	Metric   word   `json:"metric"`
	Instance number `json:"instance_id"`
	Type     word   `json:"type"`
	Time     stamp  `json:"time"`
	Deleted  flag   `json:"deleted"`
	SLA      *struct {
		Target   number `json:"target"` // minutes
		Seconds  number `json:"target_in_seconds"`
		Business flag   `json:"business_hours"`
		Policy   *struct {
			Title phrase `json:"title"`
		} `json:"policy"`
	} `json:"sla"`
	Status *struct {
		Calendar number `json:"calendar"` // minutes
		Business number `json:"business"`
	} `json:"status"`
}

// readEvents reads what happened to the clocks that the desk runs for tickets.
//
// The list goes by the time of the events, and those of the breaches that are
// still to come are in it too. Those are not told: the place in the list never
// goes beyond the target of the round, so that they come again in their time.
func (r *round) readEvents(ctx context.Context) (done bool, err error) {
	var answer struct {
		exported
		Events records `json:"ticket_metric_events"`
	}
	query := url.Values{"start_time": {unix(r.Events.Next)}, "include_changes": {"true"}}
	err = r.get(ctx, eventsPath, query, &answer)
	switch {
	case r.tooRecent(err, r.Events.Next):
		return true, nil
	case err != nil:
		return false, err
	}
	if !answer.Events.given {
		return false, badAnswer(eventsPath, "there is no list of ticket_metric_events in the answer")
	}
	byTicket := map[string]*desk.TicketEvents{}
	end := answer.end()
	news := func(mark string) bool { return r.Events.news(mark, max(end, r.Events.Next)) }
	take(&r.page, "ticket metric event", answer.Events.list, news, func(e metricEvent) error {
		if e.Type == "breach" && !bool(e.Deleted) && e.Time.After(r.Target) {
			return nil
		}
		return r.event(e, news, byTicket)
	})
	for _, of := range slices.SortedFunc(maps.Values(byTicket), func(a, b *desk.TicketEvents) int { return cmp.Compare(a.Ticket, b.Ticket) }) {
		r.page.Records = append(r.page.Records, desk.Record{ID: "events/" + of.Ticket, Body: of})
	}
	return r.along(eventsPath, &r.Events, &answer.exported, len(answer.Events.list))
}

// event adds an event to those of its ticket, if it is one that was not told.
func (r *round) event(e metricEvent, news func(state string) bool, to map[string]*desk.TicketEvents) error {
	clock, move := clockOf(e.Metric), moveOf(e.Type)
	switch {
	case e.ID == "":
		return without("id")
	case clock == 0 || move == 0 || !e.Instance.Set || e.Instance.Value < 1:
		return nil // it measures something else
	case e.Ticket == "":
		return without("ticket_id")
	case e.Time.IsZero():
		return without("time")
	}
	state := string(e.ID)
	if e.Deleted {
		state += "-"
	}
	if !news(state) {
		return nil
	}
	of := to[string(e.Ticket)]
	if of == nil {
		of = &desk.TicketEvents{Ticket: string(e.Ticket)}
		to[string(e.Ticket)] = of
	}
	of.Clocks = append(of.Clocks, e.told(clock, move))
	return nil
}

// told translates an event.
func (e *metricEvent) told(clock desk.Clock, move desk.Move) desk.ClockEvent {
	told := desk.ClockEvent{
		ID: string(e.ID), Clock: clock, N: int(min(e.Instance.Value, most)), At: e.Time.Time, Move: move, Undone: bool(e.Deleted),
	}
	if sla := e.SLA; move == desk.MovePromise && sla != nil {
		told.Business = bool(sla.Business)
		told.Target = sla.Target.times(time.Minute).Value
		if seconds := sla.Seconds.times(time.Second); seconds.Set {
			told.Target = seconds.Value
		}
		if sla.Policy != nil {
			told.Policy = string(sla.Policy.Title)
		}
	}
	if status := e.Status; move == desk.MoveTell && status != nil {
		told.Took, told.TookBusiness = status.Calendar.times(time.Minute), status.Business.times(time.Minute)
	}
	return told
}

// clockOf returns which clock a metric is, 0 for one that belongs to no ticket
// or no customer.
func clockOf(metric word) desk.Clock {
	switch metric {
	case "reply_time":
		return desk.ClockReply
	case "periodic_update_time":
		return desk.ClockUpdate
	case "pausable_update_time":
		return desk.ClockPausableUpdate
	case "resolution_time":
		return desk.ClockResolution
	case "requester_wait_time":
		return desk.ClockRequesterWait
	case "agent_work_time":
		return desk.ClockAgentWork
	default:
		return 0
	}
}

// moveOf returns what happened to the clock, 0 for what is of no interest:
// promises between groups, and the note that a metric is measured.
func moveOf(kind word) desk.Move {
	switch kind {
	case "activate":
		return desk.MoveStart
	case "pause":
		return desk.MovePause
	case "fulfill":
		return desk.MoveStop
	case "apply_sla":
		return desk.MovePromise
	case "breach":
		return desk.MoveBreach
	case "update_status":
		return desk.MoveTell
	default:
		return 0
	}
}
