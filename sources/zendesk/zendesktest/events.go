package zendesktest

import (
	"cmp"
	"net/http"
	"slices"
	"sort"
	"strconv"

	"helpdesk_exporter/desk"
)

// telling is one time that an event is told: when it happens and, if it is taken
// back, again then.
type telling struct {
	at int64
	id int64
	*event
}

// tellClocks makes the metric events of all tickets, in the order in which they
// are told.
func (d *Desk) tellClocks() []telling {
	var all []telling
	for i := range d.world.Tickets {
		d.measure(i, func(at int64, e *event) { all = append(all, telling{at: at, event: e}) })
	}
	slices.SortStableFunc(all, func(a, b telling) int { return cmp.Compare(a.at, b.at) })
	first := map[*event]int64{} // ids of those that are told twice
	for i := range all {
		t := &all[i]
		t.id = int64(1_000_000 + i)
		switch id, again := first[t.event]; {
		case again:
			t.id = id
		case t.deletedAt != 0:
			first[t.event] = t.id
		}
	}
	return all
}

// listByTime returns each event once, in the order of their own times.
func (d *Desk) listByTime() []telling {
	all := slices.Clone(d.tellings())
	all = slices.DeleteFunc(all, func(t telling) bool { return t.deletedAt != 0 && t.at == t.deletedAt })
	slices.SortStableFunc(all, func(a, b telling) int { return cmp.Compare(a.event.at, b.event.at) })
	return all
}

// metricEvents is the export of the ticket metric events. They come in the order
// of their times; with include_changes in that of what changed, so that what was
// told late, or taken back, comes as well.
func (d *Desk) metricEvents(q query) (any, *refusal) {
	start, refused := q.startTime()
	if refused != nil {
		return nil, refused
	}
	if q.tooRecent(start) {
		return nil, invalid(http.StatusUnprocessableEntity, "InvalidValue", "Too recent start_time. Use a start_time older than 60 seconds")
	}
	list, at := d.byTime, func(t telling) int64 { return t.event.at }
	if q.Get("include_changes") == "true" {
		list, at = d.tellings, func(t telling) int64 { return t.at }
	}
	all := list()
	settled := q.settled()
	from := sort.Search(len(all), func(i int) bool { return at(all[i]) >= start })
	to := sort.Search(len(all), func(i int) bool { return at(all[i]) > settled })
	keep := func(i int) bool { return all[i].at <= settled && d.keepsEventsOf(q, all[i]) }
	show := func(i int) any { return d.metricEvent(all[i], settled) }
	if q.Has("page[size]") {
		return d.eventsByCursor(q, from, to, keep, show)
	}
	p := timed(start, from, to, d.size(0, incrementalPage), func(i int) int64 { return at(all[i]) }, keep)
	answer := object{
		"ticket_metric_events": items(0, len(p.picked), func(i int) any { return show(p.picked[i]) }),
		"count":                len(p.picked), "end_time": p.end,
		"next_page": address(q.endpoint, q.with("start_time", strconv.FormatInt(p.end, 10))),
	}
	if !d.o.WithoutEnd {
		answer["end_of_stream"] = p.last
	}
	return answer, nil
}

// eventsByCursor pages through the same by cursors.
func (d *Desk) eventsByCursor(q query, from, to int, keep func(int) bool, show func(int) any) (any, *refusal) {
	var kept []int
	for i := from; i < to; i++ {
		if keep(i) {
			kept = append(kept, i)
		}
	}
	return d.list(q, "ticket_metric_events", len(kept), func(i int) any { return show(kept[i]) })
}

// keepsEventsOf reports whether the events of this ticket were asked for.
func (d *Desk) keepsEventsOf(q query, t telling) bool {
	if q.Get("exclude_deleted") != "true" {
		return true
	}
	status := d.world.At(d.world.Tickets[t.ticket], q.now).Status
	return status != desk.StatusDeleted && status != desk.StatusSpam
}

func (d *Desk) metricEvent(t telling, settled int64) object {
	o := object{
		"id": t.id, "ticket_id": d.world.Tickets[t.ticket].ID, "metric": t.metric, "instance_id": t.instance,
		"type": t.kind, "time": stamp(unix(t.event.at)),
	}
	switch t.kind {
	case "breach":
		o["deleted"] = t.deletedAt != 0 && t.deletedAt <= settled
	case "apply_sla":
		o["sla"] = d.o.SLA.applied(t.target)
	case "update_status":
		o["status"] = object{"calendar": t.calendar, "business": t.business}
	}
	return o
}

// applied shows what a ticket is held to; null if to nothing any more.
func (p *Policy) applied(t *Target) any {
	if t == nil {
		return nil
	}
	return object{
		"target": t.Minutes, "target_in_seconds": t.Minutes * 60, "business_hours": t.Business,
		"policy": object{"id": policyID, "title": p.Title, "description": nil},
	}
}
