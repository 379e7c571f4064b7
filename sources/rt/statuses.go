package rt

import (
	"context"
	"net/url"
	"strings"

	"helpdesk_exporter/desk"
)

// defaultStatuses are those of the lifecycle that comes with Request Tracker.
// Rejected tickets are not worked on: they are closed, and nobody solved them.
func defaultStatus(word string) (desk.Status, bool) {
	switch word {
	case "stalled":
		return desk.StatusPending, true
	case "resolved":
		return desk.StatusSolved, true
	case "rejected":
		return desk.StatusClosed, true
	default:
		return desk.ParseStatus(word)
	}
}

// status returns what a status of the desk means. Of those of a lifecycle that
// nobody configured, the desk knows whether they are finished, as long as a
// ticket has them; false where it does not know.
func (s *Source) status(ctx context.Context, word string) (desk.Status, bool, error) {
	word = strings.ToLower(word)
	for theirs, ours := range s.config.Statuses {
		if strings.EqualFold(theirs, word) {
			status, ok := desk.ParseStatus(ours)
			return status, ok, nil
		}
	}
	if status, ok := defaultStatus(word); ok {
		return status, true, nil
	}
	if status, ok := s.statuses[word]; ok {
		return status, true, nil
	}
	for _, of := range []struct {
		group  string
		status desk.Status
	}{{"__Active__", desk.StatusOpen}, {"__Inactive__", desk.StatusClosed}} {
		query := "Status = " + quoted(of.group) + " AND Status = " + quoted(word)
		a, err := s.ask(ctx, ticketsPath, url.Values{"query": {query}, "per_page": {"1"}})
		if err != nil {
			return desk.StatusUnknown, false, err
		}
		if len(*a.Items) > 0 {
			s.statuses[word] = of.status
			return of.status, true, nil
		}
	}
	return desk.StatusUnknown, false, nil
}
