package kpi_test

import (
	"fmt"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// held merges states of a record in the order given.
func held(states ...desk.Record) *desk.Held {
	var h *desk.Held
	for _, s := range states {
		h = desk.Merge(h, s)
	}
	return h
}

// ticket is a ticket of which one state was reported.
func ticket(t desk.Ticket) kpi.Group { return kpi.Group{Record: held(desk.Record{ID: "1", Body: &t})} }

// tickets are the successive states of one ticket.
func tickets(states ...desk.Ticket) kpi.Group {
	var records []desk.Record
	for i := range states {
		records = append(records, desk.Record{ID: "1", Body: &states[i], Deleted: states[i].Status == desk.StatusDeleted})
	}
	return kpi.Group{Record: held(records...)}
}

// calls are n calls that look the same.
func calls(n int, c desk.Call) []kpi.Group {
	var groups []kpi.Group
	for i := range n {
		leg := c
		groups = append(groups, kpi.Group{Record: held(desk.Record{ID: fmt.Sprint(i), Body: &leg})})
	}
	return groups
}

// answers are answers to a survey, given yesterday.
func answers(survey string, n int, score float64) []kpi.Group {
	var groups []kpi.Group
	for i := range n {
		body := &desk.Survey{Survey: survey, RespondedAt: ago(day), Score: desk.Some(score)}
		groups = append(groups, kpi.Group{Record: held(desk.Record{ID: fmt.Sprint(survey, score, i), Body: body})})
	}
	return groups
}
