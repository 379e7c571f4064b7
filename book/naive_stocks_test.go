package book_test

import (
	"fmt"
	"time"

	"helpdesk_exporter/desk"
)

// stocks recomputes how many agents there are and how many customers wait.
func (t *truth) stocks(now time.Time) map[string]float64 {
	series := map[string]float64{}
	t.agentsAvailable(now, series)
	waiting, known := map[string]map[string]bool{}, map[string]bool{}
	for _, h := range t.tickets {
		all := t.united(h)
		if h.withdrawn() || all.Requester == "" {
			continue
		}
		known[h.desk()] = true
		if waiting[h.desk()] == nil {
			waiting[h.desk()] = map[string]bool{}
		}
		if awaitsAgent(all) {
			waiting[h.desk()][all.Requester] = true
		}
	}
	for name := range known {
		series[fmt.Sprintf("helpdesk_customers_awaiting_agent{desk=%q}", name)] = float64(len(waiting[name]))
	}
	return series
}

// awaitsAgent reports whether the next step is the agent's: the customer wrote
// last or, where nobody wrote, the status says so.
func awaitsAgent(t desk.Ticket) bool {
	if !t.Status.Open() {
		return false
	}
	awaits := t.Status == desk.StatusNew || t.Status == desk.StatusOpen
	for _, m := range t.Messages {
		if m.Public && (m.Author == desk.RoleCustomer || m.Author == desk.RoleAgent) {
			awaits = m.Author == desk.RoleCustomer
		}
	}
	return awaits
}

// agentsAvailable adds the head counts told last of each team and channel.
func (t *truth) agentsAvailable(now time.Time, series map[string]float64) {
	newest := map[string]time.Time{}
	for _, h := range t.staffing {
		s := h.last().Body.(*desk.Staffing)
		if h.last().Deleted || !s.Available.Set || s.At.After(now) {
			continue
		}
		labels := h.labels(len(h)-1, "team", "channel")
		name := fmt.Sprintf("helpdesk_agents_available{desk=%q,team=%q,channel=%q}", h.desk(), labels["team"], labels["channel"])
		switch at, told := newest[name]; {
		case !told || s.At.After(at):
			newest[name], series[name] = s.At, float64(s.Available.Value)
		case s.At.Equal(at):
			series[name] += float64(s.Available.Value)
		}
	}
}
